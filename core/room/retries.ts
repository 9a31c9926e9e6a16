import { type EntryId, entryId, type PersonId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { setRecent } from "./recency.ts";

/**
 * The retry memory: what was already carried out, by person, session and counter, so that a command sent twice is
 * done once and answered the same. It forgets a session only after `limits.sessionIdleMs` of silence; a client gives up
 * repeating a command long before (law 2).
 */
export type Retries = {
  /** Least recently used first, to the minute. */
  sessions: Map<string, Session>;
  /** The names in `sessions` of each person, in no particular order. */
  perPerson: Map<PersonId, string[]>;
};
/**
 * `last`, and before it `done`, oldest first, hold what was carried out, in its order: ` counter:id:time:held`, the time in base 36.
 * As text it takes a fifth of the memory of objects, of which a large room has millions, and a snapshot takes it as it is. In
 * pieces, so that what was remembered long ago is neither copied nor looked at again.
 */
export type Session = { person: PersonId; at: Time; high: number; done: readonly string[]; last: string };
export type Done = { id: EntryId; time: Time; held: boolean };

export function createRetries(): Retries {
  return { sessions: new Map(), perPerson: new Map() };
}

/**
 * `stale`: too far below the newest counter of the session to know. `full`: the room cannot remember one more session, or
 * (`full-person`) not one more of this person.
 */
export function recall(
  retries: Retries,
  person: PersonId,
  session: string,
  counter: number,
  now: Time,
): Done | "new" | "stale" | "full" | "full-person" {
  const known = retries.sessions.get(nameOf(person, session));
  if (known === undefined) return roomFor(retries, person, now);
  if (counter > known.high) return "new";
  if (counter <= known.high - limits.retriesPerSession) return "stale";
  return doneIn(known, counter) ?? "new";
}

export function remember(
  retries: Retries,
  person: PersonId,
  session: string,
  counter: number,
  done: Done,
): void {
  const name = nameOf(person, session);
  const known = retries.sessions.get(name) ?? begin(retries, person, name, done.time);
  setRecent(retries.sessions, name, known, known.at, done.time);
  known.at = done.time;
  // Not `+`, which makes a chain of as many strings.
  known.last = [known.last, doneText(counter, done)].join("");
  const begun = pieceOf(known.high);
  known.high = Math.max(known.high, counter);
  if (pieceOf(known.high) === begun) return;
  known.done = [...known.done, known.last].filter(
    (piece) => newestIn(piece) > counter - limits.retriesPerSession,
  );
  known.last = "";
}

const perPiece = 4;

function pieceOf(counter: number): number {
  return Math.floor((counter + 1) / perPiece);
}

/** Commands come in order but for a few, and a piece ends with the newest so far. */
function newestIn(piece: string): number {
  return Number.parseInt(piece.slice(piece.lastIndexOf(" ") + 1), 10);
}

export function doneText(counter: number, { id, time: at, held }: Done): string {
  return [` ${counter}`, id, at.toString(36), held ? "1" : "0"].join(":");
}

function doneIn({ done, last }: Session, counter: number): Done | null {
  for (const piece of [last, ...done]) {
    const [, text] = piece.split(` ${counter}:`);
    if (text === undefined) continue;
    const [id = "", since = "", held = ""] = text.split(":");
    return { id: entryId(id), time: time(Number.parseInt(since, 36)), held: held.startsWith("1") };
  }
  return null;
}

function begin(retries: Retries, person: PersonId, name: string, now: Time): Session {
  const own = retries.perPerson.get(person) ?? [];
  if (own.length >= limits.sessionsPerPersonMax) forget(retries, idleOf(retries, own, now));
  else if (retries.sessions.size >= limits.sessionsPerRoomMax) forget(retries, oldestIdle(retries, now));
  forgetLongIdle(retries, now);
  retries.perPerson.set(person, [...(retries.perPerson.get(person) ?? []), name]);
  return { person, at: now, high: -1, done: [], last: "" };
}

/** Two leave for each that comes, so that memory follows the crowd. */
function forgetLongIdle(retries: Retries, now: Time): void {
  let looked = 0;
  for (const [name, session] of retries.sessions) {
    if (session.at + limits.personIdleMs > now || looked === 2) return;
    looked += 1;
    forget(retries, name);
  }
}

function roomFor(retries: Retries, person: PersonId, now: Time): "new" | "full" | "full-person" {
  const own = retries.perPerson.get(person) ?? [];
  if (own.length >= limits.sessionsPerPersonMax)
    return idleOf(retries, own, now) === undefined ? "full-person" : "new";
  const full = retries.sessions.size >= limits.sessionsPerRoomMax;
  return full && oldestIdle(retries, now) === undefined ? "full" : "new";
}

function oldestIdle(retries: Retries, now: Time): string | undefined {
  for (const [name, session] of retries.sessions) return isIdle(session, now) ? name : undefined;
  return undefined;
}

/** The longest idle session of a person; equal ones by name, so that the order of `own` cannot matter. */
function idleOf(retries: Retries, own: readonly string[], now: Time): string | undefined {
  let oldest: string | undefined;
  let oldestAt: number = now - limits.sessionIdleMs;
  for (const name of own) {
    const at = retries.sessions.get(name)?.at ?? now;
    if (at > oldestAt || (at === oldestAt && oldest !== undefined && name > oldest)) continue;
    oldest = name;
    oldestAt = at;
  }
  return oldest;
}

function isIdle(session: Session, now: Time): boolean {
  return session.at + limits.sessionIdleMs <= now;
}

function forget(retries: Retries, name: string | undefined): void {
  const session = name === undefined ? undefined : retries.sessions.get(name);
  if (name === undefined || session === undefined) return;
  retries.sessions.delete(name);
  const left = (retries.perPerson.get(session.person) ?? []).filter((other) => other !== name);
  if (left.length === 0) retries.perPerson.delete(session.person);
  else retries.perPerson.set(session.person, left);
}

/** A space cannot be part of either half. */
function nameOf(person: PersonId, session: string): string {
  return `${person} ${session}`;
}
