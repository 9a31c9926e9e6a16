import type { Outcome } from "@chorus/sdk/client.ts";
import { createLatencies, type Percentiles, percentilesOf, shownPercentiles } from "./latencies.ts";

/** What became of the lines that were said. Held ones are acknowledged too, and counted among them. */
export type ReplayCount = {
  sent(): void;
  settled(outcome: Outcome, afterMs: number): void;
  readonly pending: number;
  result(about: Pick<ReplayResult, "skipped" | "authors" | "seconds">): ReplayResult;
};
/** `sent` is `acked + refused + failed`, summed over reasons. */
export type ReplayResult = {
  sent: number;
  acked: number;
  held: number;
  refused: Record<string, number>;
  failed: number;
  failures: Record<string, number>;
  skipped: Record<string, number>;
  authors: number;
  seconds: number;
  ackMs: Percentiles;
};

export function createReplayCount(): ReplayCount {
  const ackMs = createLatencies();
  const refused: Record<string, number> = {};
  const failures: Record<string, number> = {};
  let sent = 0;
  let acked = 0;
  let held = 0;
  const settledCount = () => acked + sumOf(refused) + sumOf(failures);

  return {
    sent() {
      sent += 1;
    },
    settled(outcome, afterMs) {
      switch (outcome.status) {
        case "held":
          held += 1;
          acked += 1;
          return ackMs.record(afterMs);
        case "confirmed":
          acked += 1;
          return ackMs.record(afterMs);
        case "refused":
          refused[outcome.reason] = (refused[outcome.reason] ?? 0) + 1;
          return;
        case "failed":
          failures[outcome.reason] = (failures[outcome.reason] ?? 0) + 1;
      }
    },
    get pending() {
      return sent - settledCount();
    },
    result: (about) => ({
      sent,
      acked,
      held,
      refused,
      failed: sumOf(failures),
      failures,
      ...about,
      ackMs: percentilesOf(ackMs),
    }),
  };
}

export function replaySummary(result: ReplayResult): string[] {
  const { sent, acked, held, refused, failed, failures, skipped, authors, seconds, ackMs } = result;
  return [
    `Said ${sent} messages of ${authors} people in ${seconds} s.`,
    `Acknowledged: ${acked}${held === 0 ? "" : ` (${held} of them wait for a moderator)`}`,
    `Refused: ${sumOf(refused)}${reasons(refused)}`,
    `Failed: ${failed}${reasons(failures)}`,
    `Passed over: ${sumOf(skipped)}${reasons(skipped)}`,
    `From say to answer: ${shownPercentiles(ackMs)}`,
  ];
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts).map(([reason, count]) => `${reason} ${count}`);
  return named.length === 0 ? "" : ` (${named.join(", ")})`;
}
