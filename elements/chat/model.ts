import type { Notice, SanctionKind } from "@chorus/protocol/entries.ts";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import {
  type Chorus,
  type ChorusRoom,
  connect,
  type ConnectionState,
  type ConnectOptions,
  type Shown,
  type StaffEntry,
} from "@chorus/sdk/client.ts";
import { addGap, type Gap, placeGaps } from "./gaps.ts";
import { createPeople, type People } from "./people.ts";

/**
 * What a chat shows: one connection to one room, and what has to be remembered of what it told. Events only say that
 * something is different; what is painted is read from here, all of it at once.
 */
export type Model = {
  readonly chorus: Chorus;
  readonly room: ChorusRoom;
  readonly people: People;
  connection: ConnectionState;
  you: PersonId | null;
  /** The name of a token, or of a guest who has one. */
  name: string | null;
  gaps: readonly Gap[];
  /** Another number is another state of the room: what is made of it is made again. */
  version: number;
  /** Until when it is said that this is a selection; by this client's clock. */
  busyUntil: number;
  /** What a moderator did to this person, until it is lifted. */
  sanction: Notice | null;
  /** What staff did, newest last; empty for everybody else. */
  staffLog: readonly StaffEntry[];
  close(): void;
};

export type ModelEvents = {
  changed(): void;
  /** Something that a person should read now, and that belongs to no message. */
  trouble(sentence: string): void;
  tokenOver(): void;
};

const busyMs = 30_000;
const staffLogMax = 500;
const timeoutMsMax = 2 ** 31 - 1;
const changes = [
  "message",
  "edited",
  "removed",
  "restored",
  "gap",
  "view",
  "state",
  "tally",
  "tier",
  "pinned",
  "settings",
  "notice",
  "staff",
  "pending",
  "discarded",
] as const;

export function openModel(options: ConnectOptions, id: string, events: ModelEvents): Model {
  const chorus = connect(options);
  const room = joined(chorus, id);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let calm: ReturnType<typeof setTimeout> | undefined;
  const model: Model = {
    chorus,
    room,
    people: createPeople(),
    connection: { state: "idle", retryAt: null, code: null },
    you: null,
    name: null,
    gaps: [],
    version: 0,
    busyUntil: 0,
    sanction: null,
    staffLog: [],
    close() {
      clearTimeout(timer);
      clearTimeout(calm);
      chorus.close();
    },
  };
  chorus.on("state", (state) => {
    model.connection = state;
    events.changed();
  });
  chorus.on("welcome", ({ id: you, name }) => {
    model.you = you;
    model.name = name;
    events.changed();
  });
  chorus.on("trouble", ({ reason, sentence }) => {
    if (reason === "no-token") events.tokenOver();
    else events.trouble(sentence);
  });
  room.on("gap", (gap) => {
    model.gaps = addGap(model.gaps, gap);
    if (gap.reason !== "slow") return;
    model.busyUntil = Date.now() + busyMs;
    clearTimeout(calm);
    calm = setTimeout(events.changed, busyMs + 50);
  });
  room.on("message", (message) => model.people.heard(message));
  room.on("view", ({ messages }) => {
    for (const message of messages) model.people.heard(message);
  });
  room.on("staff", (entry) => {
    model.staffLog = [...model.staffLog, entry].slice(-staffLogMax);
  });
  room.on("notice", heed);
  for (const name of changes) {
    room.on(name, () => {
      model.version += 1;
      events.changed();
    });
  }
  return model;

  function heed(notice: Notice): void {
    if (notice.what === "lifted") model.sanction = null;
    if (notice.what !== "muted" && notice.what !== "banned") return;
    model.sanction = notice;
    clearTimeout(timer);
    if (typeof notice.until !== "number") return;
    timer = setTimeout(events.changed, Math.min(Math.max(0, notice.until - Date.now()) + 50, timeoutMsMax));
  }
}

/** @throws for what can be no room; then nothing is left open. */
function joined(chorus: Chorus, id: string): ChorusRoom {
  try {
    return chorus.join(id);
  } catch (error) {
    chorus.close();
    throw error;
  }
}

/**
 * While a room catches up its list is of before the gap, and no place for it.
 *
 * @param older what is shown before the room's own list.
 */
export function settleGaps(model: Model, older: readonly Shown[]): void {
  const { state, messages } = model.room;
  if (model.gaps.length === 0 || (state !== "live" && state !== "paused")) return;
  model.gaps = placeGaps(model.gaps, [...older, ...messages]);
}

/** What is still in force. */
export function sanctionIn({ sanction }: Model, what: "muted" | "banned", now: number): Notice | null {
  if (sanction?.what !== what) return null;
  return typeof sanction.until === "number" && sanction.until <= now ? null : sanction;
}

/** Earlier acts of staff about a person, newest first; what the log of this visit holds. */
export function actsAbout({ staffLog, people }: Model, person: PersonId): StaffEntry[] {
  const said = new Set<EntryId>(people.messagesOf(person));
  return staffLog.filter((entry) => isAbout(entry, person, said)).toReversed();
}

function isAbout(entry: StaffEntry, person: PersonId, said: ReadonlySet<EntryId>): boolean {
  switch (entry.k) {
    case "sanction":
    case "lifted":
      return entry.person === person;
    case "held":
      return entry.message.by === person;
    case "rejected":
      return said.has(entry.of);
    case "act":
      return entry.of.some((id) => said.has(id));
  }
}

/** What holds now for somebody, as far as the log of this visit tells. */
export function standingOf({ staffLog }: Model, person: PersonId, now: number): ReadonlySet<SanctionKind> {
  const standing = new Set<SanctionKind>();
  for (const entry of staffLog) {
    if (entry.k === "sanction" && entry.person === person && (entry.until === null || entry.until > now))
      standing.add(entry.what);
    if (entry.k === "lifted" && entry.person === person) standing.delete(entry.what);
  }
  return standing;
}
