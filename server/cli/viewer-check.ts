import type { Entries } from "@chorus/protocol/frames.ts";
import type { Latencies } from "./latencies.ts";
import type { RoomRecord } from "./room-record.ts";
import { createSpans } from "./spans.ts";

/** What one viewer of a load received, held against what the room holds: each entry once, in order, none missing. */
export type ViewerCheck = {
  /** From this position on everything must come. */
  begin(position: number): void;
  readonly begun: boolean;
  /** A range as it arrived, while the client stood at `position`. */
  received(range: Entries, position: number, live: boolean, now: number): void;
  /** A message that the client showed to its application. */
  shown(seq: number): void;
  gap(): void;
  /** The sum up to `target`, for a client that stands at `position`. */
  sum(target: number, position: number): ViewerSum;
};
export type ViewerSum = {
  expected: number;
  delivered: number;
  lost: number;
  shed: number;
  doubled: number;
  outOfOrder: number;
  gaps: number;
};
/** Shared by all viewers. `receive` runs from the room's time, `publish` from when a message of our own was said. */
export type Measures = { record: RoomRecord; receive: Latencies; publish: Latencies };

export function createViewerCheck({ record, receive, publish }: Measures): ViewerCheck {
  const got = createSpans();
  const shed = createSpans();
  const seen = createSpans();
  let first = -1;
  let newest = -1;
  let doubled = 0;
  let outOfOrder = 0;
  let gaps = 0;

  /** The client passes over what it has applied, and so does the count. */
  function isNew(seq: number, position: number): boolean {
    return seq > position && seq > first && !got.has(seq);
  }

  return {
    begin(position) {
      first = position;
    },
    get begun() {
      return first >= 0;
    },
    received({ from, to, s, e }, position, live, now) {
      if (first < 0) return;
      for (const [i, body] of e.entries()) {
        const seq = s === undefined ? from + i : (s[i] ?? to);
        if (!isNew(seq, position)) continue;
        got.add(seq, seq);
        const { verdict, saidAt } = record.meet(seq, body);
        if (verdict === "moved") outOfOrder += 1;
        if (verdict === "repeated") doubled += 1;
        if (!live || body.k === "tombstone") continue;
        receive.record(now - body.time);
        if (saidAt !== null) publish.record(now - saidAt);
      }
      if (s === undefined) return;
      for (let seq = Math.max(from, position + 1, first + 1); seq <= to; seq++) {
        if (!s.some((there) => there === seq)) shed.add(seq, seq);
      }
    },
    shown(seq) {
      if (first < 0 || seq <= first) return;
      if (seq > newest) newest = seq;
      else if (seen.has(seq)) doubled += 1;
      else outOfOrder += 1;
      seen.add(seq, seq);
    },
    gap() {
      if (first >= 0) gaps += 1;
    },
    sum(target, position) {
      const from = first + 1;
      const expected = first < 0 ? 0 : Math.max(0, target - first);
      const delivered = got.count(from, Math.min(target, position));
      const sampled = shed.count(from, Math.min(target, position));
      const lost = expected - delivered - sampled;
      return { expected, delivered, lost, shed: sampled, doubled, outOfOrder, gaps };
    },
  };
}
