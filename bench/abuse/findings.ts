import { setTimeout } from "node:timers/promises";
import type { Site } from "./line.ts";

/** One way to misbehave, for as long as the shift lasts. */
export type Kind = (site: Site, shift: Shift, findings: Findings) => Promise<void>;
export type Shift = { isOver(): boolean };

/** Counters of the server by `name:label`, as in `refused:pace`; several with `|` between them count together. */
export type Counts = Record<string, number>;

/** What was acknowledged, and so must be what everybody shows. */
export type Said = { id: string; by: string; name: string; text: string };

export type Outcome = {
  kind: string;
  sent: number;
  wrong: number;
  /** By how much counters must have risen: exactly, and at least. */
  counted: Counts;
  countedAtLeast: Counts;
  said: Said[];
  /** How many messages of a person the room may have taken. */
  storedMax: Counts;
};

export type Findings = {
  sent(count?: number): void;
  /** A wrong answer is counted, and the first ones are told on standard error. */
  check(right: boolean, sentence: () => string): void;
  counts(key: string, by?: number): void;
  countsAtLeast(key: string, by: number): void;
  said(said: Said): void;
  stores(by: string, most: number): void;
  readonly outcome: Outcome;
};

const toldMax = 5;

export function createFindings(kind: string): Findings {
  const outcome: Outcome = {
    kind,
    sent: 0,
    wrong: 0,
    counted: {},
    countedAtLeast: {},
    said: [],
    storedMax: {},
  };
  return {
    outcome,
    sent(count = 1) {
      outcome.sent += count;
    },
    check(right, sentence) {
      if (right) return;
      outcome.wrong += 1;
      if (outcome.wrong <= toldMax) console.error(`${kind}: ${sentence()}`);
    },
    counts: (key, by = 1) => add(outcome.counted, key, by),
    countsAtLeast: (key, by) => add(outcome.countedAtLeast, key, by),
    said: (said) => void outcome.said.push(said),
    stores: (by, most) => add(outcome.storedMax, by, most),
  };
}

export function add(counts: Counts, key: string, by: number): void {
  counts[key] = (counts[key] ?? 0) + by;
}

/** Begins something so many times a second, whatever becomes of what was begun, until the shift is over. */
export async function atPace(
  shift: Shift,
  perSecond: number,
  act: (turn: number) => Promise<void>,
): Promise<void> {
  const acts: Promise<void>[] = [];
  const startedAt = performance.now();
  while (!shift.isOver()) {
    acts.push(act(acts.length));
    const waitMs = startedAt + (acts.length * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
  }
  await Promise.all(acts);
}
