import { type Seq, seq, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * What was sent to a room's caught-up viewers, flush by flush: up to which seq, at what time, and how many bytes in all.
 * One list for all viewers of an audience, so that slowness needs no memory per viewer.
 */
export type Marks = { list: Mark[]; bytes: number; line: Seq };
type Mark = { to: Seq; at: Time; bytes: number };

export function createMarks(at: Seq): Marks {
  return { list: [], bytes: 0, line: at };
}

export function mark(marks: Marks, to: Seq, at: Time, bytes: number): void {
  marks.bytes += bytes;
  marks.list.push({ to, at, bytes: marks.bytes });
}

/** Up to where everything is in a mark, or behind the line. */
export function markedTo({ list, line }: Marks): Seq {
  return list.at(-1)?.to ?? line;
}

/**
 * The line a viewer must have reported as seen by now: what lies behind it was sent more than `limits.stalledMs` ago, or
 * `limits.stalledBytesMax` ago. Marks behind the line are forgotten, which bounds the list.
 */
export function stallLine(marks: Marks, now: Time): Seq {
  let passed = 0;
  for (const { to, at, bytes } of marks.list) {
    if (now - at <= limits.stalledMs && marks.bytes - bytes <= limits.stalledBytesMax) break;
    marks.line = seq(Math.max(marks.line, to));
    passed += 1;
  }
  if (passed > 0) marks.list = marks.list.slice(passed);
  return marks.line;
}
