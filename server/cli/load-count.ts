import { type Latencies, type Percentiles, percentilesOf, shownPercentiles } from "./latencies.ts";
import type { ReplayResult } from "./replay-count.ts";
import type { ViewerSum } from "./viewer-check.ts";

/** `expected` is `delivered + lost + shed`, each summed over the viewers. */
export type LoadResult = ViewerSum & {
  viewers: number;
  reconnects: number;
  slowestReconnectMs: number;
  receiveMs: Percentiles;
  publishMs: Percentiles;
  said: Pick<ReplayResult, "sent" | "acked" | "refused" | "failed"> & { unheard: number };
};
export type ViewerEnd = { sum: ViewerSum; reconnects: number; slowestReconnectMs: number };

export function loadResult(
  ends: readonly ViewerEnd[],
  measured: { receive: Latencies; publish: Latencies },
  said: LoadResult["said"],
): LoadResult {
  const total = (of: (end: ViewerEnd) => number) => ends.reduce((sum, end) => sum + of(end), 0);
  return {
    viewers: ends.length,
    expected: total(({ sum }) => sum.expected),
    delivered: total(({ sum }) => sum.delivered),
    lost: total(({ sum }) => sum.lost),
    shed: total(({ sum }) => sum.shed),
    doubled: total(({ sum }) => sum.doubled),
    outOfOrder: total(({ sum }) => sum.outOfOrder),
    gaps: total(({ sum }) => sum.gaps),
    reconnects: total(({ reconnects }) => reconnects),
    slowestReconnectMs: Math.round(Math.max(0, ...ends.map((end) => end.slowestReconnectMs))),
    receiveMs: percentilesOf(measured.receive),
    publishMs: percentilesOf(measured.publish),
    said,
  };
}

/** Whether everybody received everything once and in order. */
export function isSound({ lost, doubled, outOfOrder, gaps, said }: LoadResult): boolean {
  return lost + doubled + outOfOrder + gaps + said.unheard + said.failed === 0;
}

export function loadSummary(result: LoadResult): string[] {
  const { viewers, expected, delivered, lost, shed, doubled, outOfOrder, gaps, said } = result;
  const refused = Object.values(said.refused).reduce((sum, one) => sum + one, 0);
  const lines = [
    `${viewers} viewers: ${delivered} of ${expected} entries delivered, ${lost} lost, ${shed} shed.`,
    `${doubled} doubled, ${outOfOrder} out of order, ${gaps} gaps.`,
    `${result.reconnects} reconnects, the slowest took ${result.slowestReconnectMs} ms.`,
    `From the room to a viewer: ${shownPercentiles(result.receiveMs)}`,
  ];
  if (said.sent === 0) return lines;
  return [
    ...lines,
    `From say to a viewer: ${shownPercentiles(result.publishMs)}`,
    `Said ${said.sent}: ${said.acked} acknowledged, ${refused} refused, ${said.failed} failed, ${said.unheard} acknowledged and received by nobody.`,
  ];
}
