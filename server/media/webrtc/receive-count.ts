import { low32 } from "./sequence.ts";

/** What a receiver report says of one source (RFC 3550, 6.4.1). */
export type ReceiveReport = {
  readonly fractionLost: number;
  readonly packetsLost: number;
  readonly highestSequence: number;
  readonly jitter: number;
};

/** Counts what arrives, as RFC 3550, appendices A.3 and A.8, has it. */
export type ReceiveCount = {
  arrived(sequence: number, timestamp: number, now: number): void;
  /** @returns null as long as nothing came. The fraction is of the time since the last report. */
  report(): ReceiveReport | null;
  readonly jitterMs: number;
};

export function createReceiveCount(clockRate: number): ReceiveCount {
  let first: number | null = null;
  let highest = 0;
  let received = 0;
  let reported = { expected: 0, received: 0 };
  let transit: number | null = null;
  let jitter = 0;

  return {
    arrived(sequence, timestamp, now) {
      first ??= sequence;
      received += 1;
      if (sequence < highest) return;
      highest = sequence;
      const here = (now * clockRate) / 1_000 - timestamp;
      if (transit !== null) jitter += (Math.abs(here - transit) - jitter) / 16;
      transit = here;
    },
    report() {
      if (first === null) return null;
      const expected = highest - first + 1;
      const expectedSince = expected - reported.expected;
      const lostSince = Math.max(0, expectedSince - (received - reported.received));
      reported = { expected, received };
      return {
        fractionLost: expectedSince > 0 ? Math.min(255, Math.floor((lostSince * 256) / expectedSince)) : 0,
        packetsLost: Math.min(0x7fffff, Math.max(0, expected - received)),
        highestSequence: low32(highest),
        jitter: low32(Math.floor(jitter)),
      };
    },
    get jitterMs() {
      return (jitter * 1_000) / clockRate;
    },
  };
}
