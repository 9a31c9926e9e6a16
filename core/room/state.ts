import type { Message } from "@chorus/protocol/entries.ts";
import {
  type EntryId,
  type Epoch,
  type PersonId,
  type RoomId,
  seq,
  type Seq,
  time,
  type Time,
} from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import { defaultRoomSettings, type RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Heat } from "./inputs.ts";
import type { RoomClock } from "./clock.ts";
import { createRetries, type Retries } from "./retries.ts";
import { createSanctions, type Sanctions } from "./sanctions.ts";

/** All a room knows. Changed in place, and only by `apply.ts` and the lease and tap counters of `tallies.ts`. */
export type RoomState = {
  readonly id: RoomId;
  readonly epoch: Epoch;
  /** The time of the last record; entries never go back behind it. */
  now: Time;
  offset: number;
  publicSeq: Seq;
  staffSeq: Seq;
  settings: RoomSettings;
  /** The newest messages, oldest first; at most `limits.messagesRemembered`. */
  messages: Map<EntryId, Remembered>;
  /** How many of them are not visible. */
  messagesGone: number;
  /** Pinned messages in the order of their pinning. */
  pins: Map<EntryId, Message>;
  held: Map<EntryId, Message>;
  sanctions: Sanctions;
  retries: Retries;
  /** What each person said last, least recent first, to the minute; for pace, slow mode and duplicates. */
  people: Map<PersonId, Habit>;
  guests: Map<PersonId, number>;
  guestsCounted: number;
  staff: Map<PersonId, { role: Role; skeleton: string }>;
  staffNames: Map<string, PersonId>;
  reactions: Map<string, number>;
  tallyVersion: number;
  /** The three below are not durable: gateways renew their leases, and taps reach the journal as totals. */
  leases: Map<string, { viewers: number; heat: Heat | null; until: Time }>;
  reactionsUnkept: boolean;
  clock: RoomClock;
};

/** `removed` keeps the text, so that a moderator can restore it; `withdrawn` was taken back by its author for good. */
export type Remembered = {
  message: Message;
  /** A newer text that only its author and staff have: they were shadow-banned when they wrote it. */
  aside?: { text: string; edited: Time };
  state: "visible" | "removed" | "withdrawn" | "shadow";
  publicSeq: Seq;
  staffSeq: Seq;
};

/** Never changed but replaced, so that a snapshot need not copy it. */
export type Habit = { readonly times: readonly Time[]; readonly text: string };

export function createRoomState(id: RoomId, epoch: Epoch): RoomState {
  return {
    id,
    epoch,
    now: time(0),
    offset: 0,
    publicSeq: seq(0),
    staffSeq: seq(0),
    settings: defaultRoomSettings,
    messages: new Map(),
    messagesGone: 0,
    pins: new Map(),
    held: new Map(),
    sanctions: createSanctions(),
    retries: createRetries(),
    people: new Map(),
    guests: new Map(),
    guestsCounted: 0,
    staff: new Map(),
    staffNames: new Map(),
    reactions: new Map(),
    tallyVersion: 0,
    leases: new Map(),
    reactionsUnkept: false,
    clock: { latest: time(0), behind: null },
  };
}
