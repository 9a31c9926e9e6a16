import { clockRates, type Kind } from "./packet.ts";

/**
 * When a packet's content was captured, by this machine's clock. A publisher's sender reports pair its RTP timestamps
 * with its own clock (RFC 3550, 6.4.1), which may be wrong by hours, but is one for sound and picture. How far it is
 * ahead of ours is taken from the report that was on its way for the shortest time.
 */
export type CaptureClock = {
  /** @param sentMs the report's NTP time as Unix ms, by the publisher's clock. */
  report(kind: Kind, timestamp: number, sentMs: number, now: number): void;
  arrived(kind: Kind, timestamp: number, now: number): void;
  /** @returns Unix ms with fractions; null before anything of that kind came. */
  capturedAt(kind: Kind, timestamp: number): number | null;
  /** Whether that is by a sender report; else it is by arrival. */
  exact(kind: Kind): boolean;
};

type Track = {
  /** Our time of timestamp zero, by the packet that came quickest. */
  arrival: number;
  /** The publisher's time of timestamp zero, by their last report. */
  theirs: number | null;
};

/** An estimate that only falls would follow a drifting clock one way only: it rises by so much a report, some 20 ppm. */
const leakMs = 0.02;
/** A publisher's clock that was set anew, or a network that was silent, and not a report that took long. */
const jumpMs = 2_000;

export function createCaptureClock(): CaptureClock {
  const tracks = new Map<Kind, Track>();
  /** Ours minus theirs, by the report that came quickest. */
  let offset: number | null = null;

  return {
    report(kind, timestamp, sentMs, now) {
      const track = tracks.get(kind);
      const theirs = sentMs - (timestamp * 1_000) / clockRates[kind];
      if (track === undefined) return;
      track.theirs = theirs;
      const behind = now - sentMs;
      const jumped = offset !== null && Math.abs(behind - offset) > jumpMs;
      offset = offset === null || jumped ? behind : Math.min(behind, offset + leakMs);
    },
    arrived(kind, timestamp, now) {
      const zero = now - (timestamp * 1_000) / clockRates[kind];
      const track = tracks.get(kind);
      if (track === undefined) tracks.set(kind, { arrival: zero, theirs: null });
      else track.arrival = Math.min(zero, track.arrival);
    },
    capturedAt(kind, timestamp) {
      const track = tracks.get(kind);
      if (track === undefined) return null;
      const elapsed = (timestamp * 1_000) / clockRates[kind];
      if (track.theirs === null || offset === null) return track.arrival + elapsed;
      return track.theirs + offset + elapsed;
    },
    exact: (kind) =>
      offset !== null && tracks.get(kind)?.theirs !== undefined && tracks.get(kind)?.theirs !== null,
  };
}
