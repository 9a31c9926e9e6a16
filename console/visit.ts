import type { Notice } from "@chorus/protocol/entries.ts";
import type { PersonId } from "@chorus/protocol/ids.ts";
import {
  type Chorus,
  type ChorusRoom,
  connect,
  type ConnectionState,
  type ConnectOptions,
} from "@chorus/sdk/client.ts";
import { addGap, type Gap, placeGaps } from "./gaps.ts";
import { sanctionWords } from "./words.ts";

/** One connection to one room, and what has to be remembered of what it told. */
export type Visit = {
  readonly chorus: Chorus;
  readonly room: ChorusRoom;
  connection: ConnectionState;
  you: PersonId | null;
  /** The name of a token, or of a guest who has one. */
  name: string | null;
  gaps: readonly Gap[];
  sanction: Notice | null;
};

export type VisitEvents = {
  /** Something is different from what was painted. */
  changed(): void;
  trouble(sentence: string): void;
  tokenOver(): void;
};

const timeoutMsMax = 2 ** 31 - 1;

export function visit(options: ConnectOptions, id: string, events: VisitEvents): Visit {
  const chorus = connect(options);
  const room = chorus.join(id);
  const made: Visit = {
    chorus,
    room,
    connection: { state: "idle", retryAt: null, code: null },
    you: null,
    name: null,
    gaps: [],
    sanction: null,
  };
  chorus.on("state", (state) => {
    made.connection = state;
    events.changed();
  });
  chorus.on("welcome", ({ id: you, name }) => {
    made.you = you;
    made.name = name;
    events.changed();
  });
  chorus.on("trouble", ({ reason, sentence }) => {
    if (reason === "no-token") events.tokenOver();
    else events.trouble(sentence);
  });
  room.on("gap", (gap) => {
    made.gaps = addGap(made.gaps, gap);
  });
  room.on("notice", (notice) => heed(made, notice, events.changed));
  for (const name of tellsOfChange) room.on(name, events.changed);
  return made;
}

const tellsOfChange = [
  "message",
  "edited",
  "removed",
  "restored",
  "gap",
  "view",
  "state",
  "tally",
  "pinned",
  "settings",
  "notice",
  "pending",
] as const;

/** While a room catches up its list is of before the gap, and no place for it. */
export function settleGaps(of: Visit): void {
  const { state, messages } = of.room;
  if (state === "live" || state === "paused") of.gaps = placeGaps(of.gaps, messages);
}

/** In words, what a moderator did to this person and is still in force. */
export function sanctionOf({ sanction }: Visit, what: "muted" | "banned", now: number): string | null {
  if (sanction?.what !== what) return null;
  const { until, why } = sanction;
  return typeof until === "number" && until <= now ? null : sanctionWords(what, until, why);
}

function heed(of: Visit, notice: Notice, changed: () => void): void {
  const { what, until } = notice;
  if (what === "lifted") of.sanction = null;
  if (what !== "muted" && what !== "banned") return;
  of.sanction = notice;
  if (typeof until === "number")
    setTimeout(changed, Math.min(Math.max(0, until - Date.now()) + 50, timeoutMsMax));
}
