import type { SanctionKind } from "@chorus/protocol/entries.ts";
import type { PersonId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/** Who may not speak, be here, or be heard, and until when. A timeout is a mute that must end. */
export type Sanctions = Map<PersonId, Standing>;
/** Null lasts until it is lifted; absent is not in force. */
export type Standing = { mute?: Time | null; ban?: Time | null; shadow?: Time | null };
export type Effect = keyof Standing;

export function createSanctions(): Sanctions {
  return new Map();
}

export function effectOf(kind: SanctionKind): Effect {
  return kind === "timeout" ? "mute" : kind;
}

/** The end of what is in force now: a time, null for open-ended, or undefined when nothing is. */
export function inForce(
  sanctions: Sanctions,
  person: PersonId,
  effect: Effect,
  now: Time,
): Time | null | undefined {
  const until = sanctions.get(person)?.[effect];
  return until === undefined || until === null || until > now ? until : undefined;
}

/** False when the room holds as many as it may and none of them has run out. */
export function canImpose(sanctions: Sanctions, person: PersonId, now: Time): boolean {
  if (sanctions.has(person) || sanctions.size < limits.sanctionsMax) return true;
  for (const standing of sanctions.values()) if (isOver(standing, now)) return true;
  return false;
}

export function impose(
  sanctions: Sanctions,
  person: PersonId,
  effect: Effect,
  until: Time | null,
  now: Time,
): void {
  if (!sanctions.has(person) && sanctions.size >= limits.sanctionsMax) forgetOver(sanctions, now);
  sanctions.set(person, { ...sanctions.get(person), [effect]: until });
}

export function lift(sanctions: Sanctions, person: PersonId, effect: Effect): void {
  const { [effect]: _lifted, ...left } = sanctions.get(person) ?? {};
  if (Object.keys(left).length === 0) sanctions.delete(person);
  else sanctions.set(person, left);
}

export function bans(sanctions: Sanctions, now: Time): [PersonId, Time | null][] {
  const banned: [PersonId, Time | null][] = [];
  for (const [person, { ban }] of sanctions)
    if (ban !== undefined && (ban === null || ban > now)) banned.push([person, ban]);
  return banned;
}

function forgetOver(sanctions: Sanctions, now: Time): void {
  for (const [person, standing] of sanctions) if (isOver(standing, now)) sanctions.delete(person);
}

function isOver(standing: Standing, now: Time): boolean {
  for (const until of Object.values(standing)) if (until === null || until > now) return false;
  return true;
}
