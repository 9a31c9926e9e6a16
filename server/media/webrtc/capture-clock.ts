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
  at: number;
  /** The publisher's time of timestamp zero, by their last report. */
  theirs: number | null;
  /** The last report said something else than the one before it. */
  contradicted: boolean;
};

/** An estimate that only falls would follow a drifting clock one way only: it rises as fast as clocks may drift. */
const leak = 0.000_1;
/** Reports that contradict by more what arrives are not gone by: some senders write them wrong. */
const plausibleMs = 500;
/** Two reports of a track that are further apart than clocks drift and encoders hesitate: one of them is wrong. */
const contradictMs = 100;

/** A publisher's clock that was set anew, or a network that was silent, and not a report that took long. */
const jumpMs = 2_000;

export function createCaptureClock(): CaptureClock {
  const tracks = new Map<Kind, Track>();
  /** Ours minus theirs, by the report that came quickest. */
  let offset: number | null = null;
  let reportedAt = 0;

  /** Our time of timestamp zero by the reports, or null where there are none to go by. */
  function reported({ theirs, contradicted, arrival }: Track): number | null {
    if (theirs === null || contradicted || offset === null) return null;
    const zero = theirs + offset;
    return Math.abs(zero - arrival) > plausibleMs ? null : zero;
  }

  return {
    report(kind, timestamp, sentMs, now) {
      const track = tracks.get(kind);
      const theirs = sentMs - (timestamp * 1_000) / clockRates[kind];
      if (track === undefined) return;
      track.contradicted = Math.abs(theirs - (track.theirs ?? theirs)) > contradictMs;
      track.theirs = theirs;
      const behind = now - sentMs;
      const jumped = offset !== null && Math.abs(behind - offset) > jumpMs;
      offset = offset === null || jumped ? behind : Math.min(behind, offset + (now - reportedAt) * leak);
      reportedAt = now;
    },
    arrived(kind, timestamp, now) {
      const zero = now - (timestamp * 1_000) / clockRates[kind];
      const track = tracks.get(kind);
      if (track === undefined) {
        tracks.set(kind, { arrival: zero, at: now, theirs: null, contradicted: false });
        return;
      }
      track.arrival = Math.min(zero, track.arrival + (now - track.at) * leak);
      track.at = now;
    },
    capturedAt(kind, timestamp) {
      const track = tracks.get(kind);
      if (track === undefined) return null;
      return (reported(track) ?? track.arrival) + (timestamp * 1_000) / clockRates[kind];
    },
    exact(kind) {
      const track = tracks.get(kind);
      return track !== undefined && reported(track) !== null;
    },
  };
}
