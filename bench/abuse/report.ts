import type { Growth } from "./memory.ts";
import type { Outcome } from "./findings.ts";
import type { Talked } from "./talkers.ts";
import { atMost, type Check, machine, type Report } from "../report.ts";

/** One kind of abuse, or several at a time. */
export type Round = { name: string; outcomes: Outcome[]; notCounted: number };

const growthMaxMegabytes = 50;
const movesMaxTimes = 1.2;
const movesMaxMs = 10;

export function reportOf(
  talked: Talked,
  rounds: readonly Round[],
  memory: readonly Growth[],
  surplus: number,
): Report {
  const { phases, others, ...counts } = talked;
  const controls = { calm: numbers(phases["calm"]), calmAgain: numbers(phases["calmAgain"]) };
  const abuse = numbers(phases["abuse"]);
  /* What else runs on the machine may disturb a control row: the quieter one counts. */
  const calmP95 = Math.min(controls.calm.p95, controls.calmAgain.p95);
  const p95Max = Math.round(Math.max(calmP95 * movesMaxTimes, calmP95 + movesMaxMs) * 10) / 10;
  const outcomes = rounds.flatMap((round) => round.outcomes);
  return {
    scenario: "abuse",
    machine: machine(),
    figures: {
      talkers: talked.talkers,
      talkersSent: counts.sent,
      talkersReceived: counts.received,
      gaps: counts.gaps,
      p50Ms: abuse.p50,
      p95Ms: abuse.p95,
      p99Ms: abuse.p99,
      ...Object.fromEntries(
        Object.entries(phases)
          .filter(([phase]) => !["warm", "calm", "calmAgain", "abuse"].includes(phase))
          .map(([phase, row]) => [`${phase}.p95Ms`, numbers(row).p95]),
      ),
      ...sentByKind(outcomes),
      ...Object.fromEntries(
        memory.map(({ name, lastMegabytes }) => [`${name}.growthAtEndMB`, lastMegabytes]),
      ),
    },
    controls,
    checks: [
      atMost("p95Ms", abuse.p95, p95Max),
      atMost("allAtOnce.p95Ms", numbers(phases["allAtOnce"]).p95, p95Max),
      atMost("disconnected", counts.disconnected, 0),
      atMost("lost", counts.lost, 0),
      atMost("doubled", counts.doubled, 0),
      atMost("refused", counts.refused, 0),
      atMost("failed", counts.failed, 0),
      ...memory.map(({ name, megabytes }) => atMost(`${name}.growthMB`, megabytes, growthMaxMegabytes)),
      atMost("processesEnded", memory.filter(({ ended }) => ended).length, 0),
      ...rounds.flatMap(checksOf),
      atMost("countedTooOften", surplus, 0),
      atMost("notShownToAllAsDocumented", notShown(outcomes, others, talked.talkers), 0),
      atMost("shownThatShouldNotBe", shownWrongly(outcomes, others), 0),
    ],
  };
}

function numbers(row: Talked["phases"][string] | undefined): { p50: number; p95: number; p99: number } {
  return { p50: row?.p50 ?? Infinity, p95: row?.p95 ?? Infinity, p99: row?.p99 ?? Infinity };
}

function sentByKind(outcomes: readonly Outcome[]): Record<string, number> {
  const sent: Record<string, number> = {};
  for (const outcome of outcomes) {
    const name = `${outcome.kind}.sent`;
    sent[name] = (sent[name] ?? 0) + outcome.sent;
  }
  return sent;
}

/** An abuse that was not committed proves nothing. */
function checksOf({ name, outcomes, notCounted }: Round): Check[] {
  const wrong = outcomes.reduce((sum, outcome) => sum + outcome.wrong + (outcome.sent === 0 ? 1 : 0), 0);
  return [atMost(`${name}.wrongAnswers`, wrong, 0), atMost(`${name}.notCounted`, notCounted, 0)];
}

/** What was acknowledged to an abuser and is not what every talker shows. */
function notShown(outcomes: readonly Outcome[], others: Talked["others"], talkers: number): number {
  const shown = new Map(others.map(({ said, talkers }) => [JSON.stringify(said), talkers]));
  const missing = outcomes
    .flatMap(({ said }) => said)
    .filter(({ id, by, name, text }) => shown.get(JSON.stringify({ id, by, name, text })) !== talkers);
  for (const said of missing.slice(0, 5))
    console.error(`not shown to all as documented: ${JSON.stringify(said)}`);
  return missing.length;
}

/** Nobody is to be heard whom nothing was acknowledged to, but those whose pace lets a few words through. */
function shownWrongly(outcomes: readonly Outcome[], others: Talked["others"]): number {
  const acked = new Set(outcomes.flatMap(({ said }) => said.map(({ id }) => id)));
  const left = new Map(outcomes.flatMap(({ storedMax }) => Object.entries(storedMax)));
  for (const { by } of outcomes.flatMap(({ said }) => said)) left.set(by, (left.get(by) ?? 0) - 1);
  let wrong = 0;
  for (const { said } of others) {
    if (acked.has(said.id)) continue;
    const allowed = left.get(said.by) ?? 0;
    left.set(said.by, allowed - 1);
    if (allowed > 0) continue;
    wrong += 1;
    if (wrong <= 5) console.error(`shown, and should not be: ${JSON.stringify(said)}`);
  }
  return wrong;
}
