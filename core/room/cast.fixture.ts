import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { Reply } from "@chorus/protocol/frames.ts";
import {
  type EntryId,
  entryId,
  epoch,
  type Key,
  key,
  type PersonId,
  personId,
  roomId,
  time,
} from "@chorus/protocol/ids.ts";
import { type Grant, grantsOfRole, type Role } from "@chorus/protocol/people.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { Command, Moderation, Say } from "@chorus/protocol/requests.ts";
import { defaultRoomSettings, type RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Draft } from "../record.ts";
import { skeletonOf } from "../skeleton.ts";
import type { Actor, Answer, Found, Input } from "./inputs.ts";
import { replay, step } from "./room.ts";
import { fromSnapshot, takeSnapshot } from "./snapshot.ts";
import { createRoomState, type RoomState } from "./state.ts";
import { viewOf } from "./view.ts";

/** What came of one step, sorted by who hears it. `id` names what the first input asked for. */
export type Outcome = {
  id: EntryId;
  draft: Draft | null;
  answers: Answer[];
  reply: Reply | undefined;
  refused: RefusalReason | null;
  retryMs: number | undefined;
  public: EntryBody[];
  staff: EntryBody[];
  personal: { person: PersonId | null; body: EntryBody }[];
};

export type CommandInput = Input & { i: "command" };
/** A command of its own kind, before it has a room and a key. */
export type Wish = Command extends infer C ? (C extends Command ? Omit<C, "room" | "key"> : never) : never;
export type Room = ReturnType<typeof aRoom>;
export type Person = ReturnType<Room["person"]>;
type PersonOptions = { name?: string | null; grants?: readonly Grant[] };
type Sentence = { seconds?: number; purge?: boolean };

export const demo = roomId("demo");
const opening = 1_700_000_000_000;
const origin = { gateway: "g1", connection: 1 };

/** A room with a clock of its own and ids in order, on whose stage people speak and act. */
export function aRoom(settings: Partial<RoomSettings> = {}) {
  const room = {
    state: createRoomState(demo, epoch("e-01")),
    now: time(opening),
    drafts: [] as Draft[],
    waits,
    takes,
    restarts,
    person,
    guest: (id: string, name: string | null = null) => person(id, "guest", { name }),
    viewer: (id: string) => person(id, "viewer"),
    moderator: (id: string) => person(id, "moderator"),
    host: (id: string) => person(id, "host"),
    sees: () => viewOf(room.state, "public", room.now),
    staffSees: () => viewOf(room.state, "staff", room.now),
    nextId,
  };
  room.state.settings = { ...defaultRoomSettings, ...settings };
  const beginning = throughJson(takeSnapshot(room.state));
  const counters = new Map<string, number>();
  let ids = 0;
  return room;

  function nextId(): EntryId {
    ids += 1;
    return entryId(`entry-${String(ids).padStart(6, "0")}`);
  }

  function nextKey(of: string): Key {
    const counter = counters.get(of) ?? 0;
    counters.set(of, counter + 1);
    return key(`session-${of}:${counter}`);
  }

  function waits(ms: number): void {
    room.now = time(room.now + ms);
  }

  /** Several inputs make one step, as they do when they arrive together. */
  function takes(...inputs: Input[]): Outcome {
    const { draft, answers } = step(room.state, inputs, room.now);
    if (draft !== null) room.drafts.push(draft);
    const [first] = inputs;
    return outcomeOf(draft, answers, first?.i === "command" ? first.id : entryId("no-command"));
  }

  /** Only what the log holds survives: the room is read back from its beginning. */
  function restarts(): void {
    const state = fromSnapshot(throughJson(beginning));
    for (const draft of room.drafts) replay(state, throughJson(draft));
    room.state = state;
  }

  function person(id: string, role: Role, options: PersonOptions = {}) {
    const name = options.name === undefined ? nameOf(id) : options.name;
    const skeleton = name === null ? "" : skeletonOf(name);
    const grants = options.grants ?? grantsOfRole[role];
    const actor: Actor = { id: personId(id), name, skeleton, role, grants };
    let last: CommandInput | null = null;

    return {
      id: actor.id,
      actor,
      wishes,
      says: (text: string, more: Partial<Pick<Say, "at" | "reply" | "mentions">> = {}) =>
        takes(wishes({ t: "say", text, ...more })),
      edits: (of: EntryId, text: string) => takes(wishes({ t: "edit", id: of, text })),
      retracts: (of: EntryId, found: Found | null = null) =>
        takes({ ...wishes({ t: "retract", id: of }), found }),
      /** The same command under the same key, as a client sends it that has heard nothing. */
      repeats: () => takes(...(last === null ? [] : [{ ...last, id: nextId() }])),
      does,
      removes: (of: EntryId, found: Found | null = null) =>
        does({ do: "retract", id: of, why: "spam" }, found),
      restores: (of: EntryId, found: Found | null = null) => does({ do: "restore", id: of }, found),
      approves: (of: EntryId) => does({ do: "approve", id: of }),
      rejects: (of: EntryId) => does({ do: "reject", id: of, why: "off-topic" }),
      mutes: (whom: { id: PersonId }, how: Sentence = {}) =>
        does({ do: "mute", person: whom.id, why: "spam", ...how }),
      timesOut: (whom: { id: PersonId }, seconds: number) =>
        does({ do: "timeout", person: whom.id, why: "spam", seconds }),
      bans: (whom: { id: PersonId }, how: Sentence = {}) =>
        does({ do: "ban", person: whom.id, why: "harassment", ...how }),
      shadows: (whom: { id: PersonId }, how: Sentence = {}) =>
        does({ do: "shadow", person: whom.id, why: "spam", ...how }),
      lifts: (whom: { id: PersonId }, what: "mute" | "timeout" | "ban" | "shadow") =>
        does({ do: "lift", person: whom.id, what }),
      pins: (of: EntryId) => does({ do: "pin", id: of }),
      unpins: (of: EntryId) => does({ do: "unpin", id: of }),
      sets: (settings: Partial<RoomSettings>) => does({ do: "settings", settings }),
    };

    function does(act: Moderation, found: Found | null = null): Outcome {
      return takes({ ...wishes({ t: "moderate", act }), found });
    }

    /** What this person's gateway passes on. Without a key the next of the person's only session. */
    function wishes(wish: Wish, under: Key = nextKey(id)): CommandInput {
      const command: Command = { ...wish, room: demo, key: under };
      const input: CommandInput = { i: "command", origin, actor, command, id: nextId() };
      last = input;
      return input;
    }
  }
}

export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

/** All that a restart must bring back, to be compared; where the order of a map means nothing, it is sorted. */
export function memoryOf(state: RoomState): unknown {
  const { leases: _leases, reactionsUnkept: _unkept, clock: _clock, staffNames, retries, ...rest } = state;
  const sessionsOf = Array.from(retries.perPerson, ([person, names]) => [person, names.toSorted()] as const);
  const all = {
    ...rest,
    sessions: retries.sessions,
    sessionsOf: sessionsOf.toSorted(byFirst),
    staffNames: [...staffNames].toSorted(byFirst),
  };
  return JSON.parse(JSON.stringify(all, (_key, value) => (value instanceof Map ? [...value] : value)));
}

function byFirst(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function outcomeOf(draft: Draft | null, answers: Answer[], id: EntryId): Outcome {
  const entries = draft?.entries ?? [];
  const bodies = (scope: string): EntryBody[] =>
    entries.filter((entry) => entry.scope === scope).map((entry) => entry.body);
  const reply = answers[0]?.reply;
  return {
    id,
    draft,
    answers,
    reply,
    refused: reply?.t === "refused" ? reply.reason : null,
    retryMs: reply?.t === "refused" ? reply.retryMs : undefined,
    public: bodies("all"),
    staff: bodies("staff"),
    personal: entries
      .filter((entry) => entry.scope === "person")
      .map(({ person, body }) => ({ person, body })),
  };
}

function nameOf(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1);
}
