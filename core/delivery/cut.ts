import type { PersonId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { fnv1a } from "../hash.ts";
import type { Audience, IndexItem, RoomRecord } from "../record.ts";

/**
 * Which messages of a capped room which viewer is shown. People fall into cohorts by their id, authors as viewers, so that
 * whoever talks to each other is likely to stay together, everybody sees their own words, and every message is
 * shown to somebody. A cohort is shown at most so many ordinary messages a second; what is not ordinary is shown to all.
 */
export type Cut = {
  /** A power of two, at most `limits.cohortsMax`. */
  readonly cohorts: number;
  /** For each entry of the record: its cohort, or one of the two below; with `notForStaff` added where staff miss it. */
  readonly verdicts: Uint8Array;
};
const everybody = 0x7f;
const nobody = 0x7e;
const notForStaff = 0x80;

/** What cohorts have left of this second's messages, staff behind them, and the room of what is meant for one person. */
export type Allowance = { readonly left: Float64Array; staff: number; meant: number; at: Time };

export function createAllowance(now: Time): Allowance {
  return {
    left: new Float64Array(limits.cohortsMax).fill(limits.cappedPerSecond),
    staff: limits.cappedForStaffPerSecond,
    meant: limits.meantPerSecond,
    at: now,
  };
}

/** Decides once for a record, for all who will ever read it here. */
export function cut(record: RoomRecord, cohorts: number, allowance: Allowance, now: Time): Cut {
  earn(allowance, now);
  const verdicts = new Uint8Array(record.index.length);
  for (const [i, item] of record.index.entries()) verdicts[i] = verdictOn(item, cohorts, allowance);
  return { cohorts, verdicts };
}

function verdictOn({ ordinary, scope, by }: IndexItem, cohorts: number, allowance: Allowance): number {
  if (!ordinary || scope !== "all" || by === null) return everybody;
  const cohort = cohortOf(by) & (cohorts - 1);
  const seen = spend(allowance, cohort) ? cohort : nobody;
  if (allowance.staff < 1) return seen | notForStaff;
  allowance.staff -= 1;
  return seen;
}

function spend({ left }: Allowance, cohort: number): boolean {
  const has = left[cohort] ?? 0;
  if (has < 1) return false;
  left[cohort] = has - 1;
  return true;
}

function earn(allowance: Allowance, now: Time): void {
  const seconds = Math.min(1, Math.max(0, now - allowance.at) / 1_000);
  allowance.at = now;
  const more = (left: number, perSecond: number): number => Math.min(perSecond, left + seconds * perSecond);
  for (const [i, left] of allowance.left.entries()) allowance.left[i] = more(left, limits.cappedPerSecond);
  allowance.staff = more(allowance.staff, limits.cappedForStaffPerSecond);
  allowance.meant = more(allowance.meant, limits.meantPerSecond);
}

/** Who reads: `cohort` is their place, from `cohortOf`. */
export type Reader = { readonly audience: Audience; readonly cohort: number };

/** Whether a reader is shown an entry. Cohorts are of the public; staff are shown all that they can be. */
export function isShown({ cohorts, verdicts }: Cut, entry: number, { audience, cohort }: Reader): boolean {
  const verdict = verdicts[entry] ?? everybody;
  if (audience === "staff") return (verdict & notForStaff) === 0;
  const shown = verdict & ~notForStaff;
  return shown === everybody || shown === (cohort & (cohorts - 1));
}

/** Whether no cohort had room for it. */
export function isNobodys({ verdicts }: Cut, entry: number): boolean {
  return ((verdicts[entry] ?? everybody) & ~notForStaff) === nobody;
}

/** How many entries of a record anybody is shown. */
export function entriesShown({ index }: RoomRecord, cut: Cut | null): number {
  if (cut === null) return index.length;
  let shown = 0;
  for (let i = 0; i < index.length; i++) if (!isNobodys(cut, i)) shown += 1;
  return shown;
}

/** A person's place, 0 to `limits.cohortsMax` - 1, from which their cohort follows. */
export function cohortOf(person: PersonId): number {
  const hash = fnv1a(person);
  return ((hash >>> 16) ^ hash) & (limits.cohortsMax - 1);
}

/** As few cohorts as let each of them read all that their authors say. */
export function cohortsFor(messagesPerSecond: number): number {
  let cohorts = 2;
  while (cohorts < limits.cohortsMax && messagesPerSecond / cohorts > limits.cappedPerSecond / 2)
    cohorts *= 2;
  return cohorts;
}
