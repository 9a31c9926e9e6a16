import { wholeSettings } from "@chorus/protocol/default-room-settings.ts";
import type { Message } from "@chorus/protocol/entries.ts";
import type { EntryId, Epoch, PersonId, RoomId, Time } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { PastRoomSettings } from "@chorus/protocol/room-settings.ts";
import { memorize } from "./memory.ts";
import { type Done, doneText } from "./retries.ts";
import type { Standing } from "./sanctions.ts";
import { createRoomState, type Habit, type Remembered, type RoomState } from "./state.ts";

type SessionHead = [name: string, person: PersonId, at: Time, high: number];
/** What was done as version 0.1 has it in its snapshots. */
type Earlier = [number, Done][];

/**
 * A room as plain JSON, so that a restart reads one snapshot and few records. Maps become arrays of pairs in their
 * order, since the order says who is forgotten first. Leases are left out: gateways renew them.
 */
export type RoomSnapshot = {
  format: 1;
  id: RoomId;
  epoch: Epoch;
  plain: Omit<Pick<RoomState, (typeof plainFields)[number]>, "settings"> & { settings: PastRoomSettings };
  messages: Remembered[];
  pins: Message[];
  held: Message[];
  sanctions: [PersonId, Standing][];
  sessions: ([...SessionHead, readonly string[], string] | [...SessionHead, Earlier])[];
  people: [PersonId, Habit][];
  guests: [PersonId, number][];
  staff: [PersonId, { role: Role; skeleton: string }][];
  reactions: [string, number][];
};

const plainFields = [
  "now",
  "offset",
  "publicSeq",
  "staffSeq",
  "settings",
  "guestsCounted",
  "tallyVersion",
] as const;

export function takeSnapshot(room: RoomState): RoomSnapshot {
  const { now, offset, publicSeq, staffSeq, settings, guestsCounted, tallyVersion } = room;
  return {
    format: 1,
    id: room.id,
    epoch: room.epoch,
    plain: { now, offset, publicSeq, staffSeq, settings, guestsCounted, tallyVersion },
    messages: Array.from(room.messages.values(), copyOfRemembered),
    pins: [...room.pins.values()],
    held: [...room.held.values()],
    sanctions: [...room.sanctions],
    sessions: Array.from(room.retries.sessions, ([name, s]) => [
      name,
      s.person,
      s.at,
      s.high,
      s.done,
      s.last,
    ]),
    people: [...room.people],
    guests: [...room.guests],
    staff: [...room.staff],
    reactions: [...room.reactions],
  };
}

/** The inverse of `takeSnapshot`; the snapshot must be this program's own, or of an earlier one. */
export function fromSnapshot(snapshot: RoomSnapshot): RoomState {
  const { plain } = snapshot;
  const settings = wholeSettings(plain.settings);
  const room: RoomState = { ...createRoomState(snapshot.id, snapshot.epoch), ...plain, settings };
  for (const known of snapshot.messages) memorize(room, copyOfRemembered(known));
  room.pins = new Map(snapshot.pins.map(byId));
  room.held = new Map(snapshot.held.map(byId));
  room.sanctions = new Map(snapshot.sanctions);
  for (const [name, person, at, high, ...texts] of snapshot.sessions) {
    const [done, last] =
      texts.length === 2 ? texts : [[], texts[0].map(([counter, one]) => doneText(counter, one)).join("")];
    room.retries.sessions.set(name, { person, at, high, done, last });
    room.retries.perPerson.set(person, [...(room.retries.perPerson.get(person) ?? []), name]);
  }
  room.people = new Map(snapshot.people);
  room.guests = new Map(snapshot.guests);
  for (const [person, standing] of snapshot.staff) {
    room.staff.set(person, standing);
    if (standing.skeleton !== "") room.staffNames.set(standing.skeleton, person);
  }
  room.reactions = new Map(snapshot.reactions);
  return room;
}

function byId(message: Message): [EntryId, Message] {
  return [message.id, message];
}

/** A room changes it in place. */
function copyOfRemembered(known: Remembered): Remembered {
  return { ...known };
}
