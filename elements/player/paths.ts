import type { Broadcast } from "./broadcast.ts";
import type { Choice, PathName } from "./play.ts";

/** What this browser can play, as found out when a way is first needed. */
export type Able = { readonly whep: boolean; readonly hls: boolean };

export type PathQuestion = {
  readonly broadcast: Broadcast;
  readonly choice: Choice;
  /** Somewhere in the past, else at the live edge. */
  readonly rewound: boolean;
  readonly able: Able;
  /** Ways that have failed of late. Where nothing else is left they are tried all the same. */
  readonly failing: ReadonlySet<PathName>;
};

/** The way to open now. Null where none of those that there are can be played here. */
export function pathFor(question: PathQuestion): PathName | null {
  const possible = orderOf(question).filter((path) => isThere(path, question));
  return possible.find((path) => !question.failing.has(path)) ?? possible[0] ?? null;
}

/** Where the recording stands: said, or beside the live playlist. Null where there can be none. */
export function rewindUrl({ paths }: Broadcast): string | null {
  if (paths.dvr !== null) return paths.dvr;
  return paths.hls === null ? null : new URL("dvr.m3u8", paths.hls).href;
}

export function urlOf(broadcast: Broadcast, path: PathName): string | null {
  return path === "rewind" ? rewindUrl(broadcast) : broadcast.paths[path];
}

function orderOf({ broadcast, choice, rewound }: PathQuestion): readonly PathName[] {
  if (rewound) return ["rewind"];
  if (choice === "audio" || !broadcast.video) return ["audio", "hls", "whep"];
  return choice === "steady" ? ["hls", "whep", "audio"] : ["whep", "hls", "audio"];
}

function isThere(path: PathName, { broadcast, able }: PathQuestion): boolean {
  return urlOf(broadcast, path) !== null && (path === "whep" ? able.whep : able.hls);
}
