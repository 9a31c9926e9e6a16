import { Type } from "typebox";

/**
 * Identifiers are strings and numbers on the wire and distinct types in the program, so that a person cannot be
 * passed where a room is meant. Only this file and the parsers make one out of a plain value.
 */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

export type RoomId = Brand<string, "RoomId">;
export type PersonId = Brand<string, "PersonId">;
export type EntryId = Brand<string, "EntryId">;
/** Names one unbroken history of a room: new after a restore or a truncation, kept over restarts. */
export type Epoch = Brand<string, "Epoch">;
/** Position in what one audience of a room sees, from 1, without holes. */
export type Seq = Brand<number, "Seq">;
/** Milliseconds since 1970-01-01T00:00:00Z by the server's clock. */
export type Time = Brand<number, "Time">;
/** A sender's name for one command: `session:counter`. The same key is the same command, however often it is sent. */
export type Key = Brand<string, "Key">;

export const roomId = (value: string): RoomId => value as RoomId;
export const personId = (value: string): PersonId => value as PersonId;
export const entryId = (value: string): EntryId => value as EntryId;
export const epoch = (value: string): Epoch => value as Epoch;
export const seq = (value: number): Seq => value as Seq;
export const time = (value: number): Time => value as Time;
export const key = (value: string): Key => value as Key;

export const sessionPattern = "[A-Za-z0-9_-]{8,32}";

/** `expected` says in words what a pattern or a range says to machines: it ends the sentence "… must be". */
export const RoomIdSchema = Type.Unsafe<RoomId>(
  Type.String({
    pattern: "^[a-z0-9][a-z0-9._-]{0,63}$",
    expected: "the id of a room: 1 to 64 lower-case letters, digits, . _ or -, the first a letter or digit",
    description: "The room",
  }),
);
export const PersonIdSchema = Type.Unsafe<PersonId>(
  Type.String({
    pattern: "^[!-~]{1,128}$",
    expected: "the id of a person: 1 to 128 visible ASCII characters without blanks",
    description: "A person, the same in all sessions",
  }),
);
export const EntryIdSchema = Type.Unsafe<EntryId>(
  Type.String({
    pattern: "^[A-Za-z0-9_-]{8,32}$",
    expected: "the id of an entry: 8 to 32 letters, digits, _ or -",
    description: "An entry, unique over all rooms",
  }),
);
export const EpochSchema = Type.Unsafe<Epoch>(
  Type.String({
    pattern: "^[A-Za-z0-9_-]{4,32}$",
    expected: "an epoch: 4 to 32 letters, digits, _ or -",
    description: "The unbroken history that seqs belong to; another epoch, other seqs",
  }),
);
export const SeqSchema = Type.Unsafe<Seq>(
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    expected: "a position: a whole number from 0 to 2^53 - 1",
    description: "A position in the room, 0 before the first entry",
  }),
);
export const TimeSchema = Type.Unsafe<Time>(
  Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    expected: "a time: whole milliseconds since 1970-01-01 UTC, from 0 to 2^53 - 1",
    description: "By the server's clock",
  }),
);
export const KeySchema = Type.Unsafe<Key>(
  Type.String({
    pattern: `^${sessionPattern}:(0|[1-9][0-9]{0,8})$`,
    expected:
      "a key session:counter: 8 to 32 letters, digits, _ or -, a colon, and a whole number below 1000000000",
    description: "Names the command; the counter rises by one with each command of a session in a room",
  }),
);

/** The two halves of a key. The pattern of `KeySchema` guarantees the colon. */
export function splitKey(of: Key): { session: string; counter: number } {
  const colon = of.lastIndexOf(":");
  return { session: of.slice(0, colon), counter: Number(of.slice(colon + 1)) };
}
