import type { PlayerWords } from "../words/player-words.ts";
import type { SessionView } from "./session-view.ts";

/**
 * What stands over the picture, or in its place. `start` and `tap` are one large button; `said` is a sentence, with how many
 * seconds it is until something is tried again.
 */
export type Overlay =
  | { readonly t: "none" }
  | { readonly t: "start" }
  | { readonly t: "tap" }
  | { readonly t: "audio" }
  | {
      readonly t: "said";
      readonly what: keyof PlayerWords["title"];
      readonly tone: "quiet" | "busy" | "bad";
      readonly retryInSeconds: number | null;
      readonly remedy: "retry" | "again" | null;
    };

export type Surroundings = {
  readonly online: boolean;
  /** Unix ms by this machine. */
  readonly now: number;
};

export function overlayOf(view: SessionView, around: Surroundings): Overlay {
  const { broadcast, motion, path } = view;
  if (motion === "moving")
    return path === "audio" || broadcast?.video === false ? { t: "audio" } : { t: "none" };
  if (broadcast === null) return unknown(view, around);
  if (view.rewound) return picture(view, around);
  switch (broadcast.state) {
    case "off":
      return said("off", "quiet");
    case "ended":
      return said("ended", "quiet", null, broadcast.paths.dvr === null ? null : "again");
    case "interrupted":
      return said("interrupted", "busy");
    case "live":
      return picture(view, around);
  }
}

function unknown({ trouble }: SessionView, { online }: Surroundings): Overlay {
  if (trouble === null) return said("connecting", "busy");
  if (trouble !== "unreachable") return said(trouble, "bad", null, "retry");
  return said(online ? "unreachable" : "offline", "bad", null, "retry");
}

/** There is one, and it does not move. */
function picture(view: SessionView, { online, now }: Surroundings): Overlay {
  const { failure, motion, path, sound, wanted } = view;
  if (sound === "blocked") return { t: "tap" };
  if (!wanted) return path === null ? { t: "start" } : { t: "none" };
  if (failure !== null) {
    if (failure.why === "unsupported") return said("unsupported", "bad", null, "retry");
    if (!online) return said("offline", "bad", null, "retry");
    return said("stopped", "bad", Math.max(Math.ceil((failure.retryAt - now) / 1_000), 0), "retry");
  }
  if (motion === "stopped" || motion === "lost") return said(online ? "stopped" : "offline", "busy");
  return said("starting", "busy");
}

function said(
  what: keyof PlayerWords["title"],
  tone: "quiet" | "busy" | "bad",
  retryInSeconds: number | null = null,
  remedy: "retry" | "again" | null = null,
): Overlay {
  return { t: "said", what, tone, retryInSeconds, remedy };
}
