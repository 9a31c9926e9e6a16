import { limits } from "@chorus/protocol/limits.ts";
import type { CaptureClock } from "./capture-clock.ts";
import { createMissing } from "./missing.ts";
import { clockRates, type Kind, type Packet } from "./packet.ts";
import { createPacketRing, type PacketRing } from "./packet-ring.ts";
import { createReceiveCount, type ReceiveReport } from "./receive-count.ts";
import { createUnwrapper, low16, type Unwrapper } from "./sequence.ts";

/** An RTP packet as it came from the publisher. */
export type Arrival = {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
};

/**
 * One track of a publisher: whatever sources it sends one after the other become one row of packets without a break, and
 * what is lost on the way is asked for again.
 */
export type Uplink = {
  /** @returns null for what was there before or is nothing. */
  take(arrival: Arrival, now: number): Packet | null;
  /** The numbers to ask for now, as the publisher knows them. */
  missing(now: number, rttMs: number): readonly number[];
  /** Null before the first packet. */
  readonly ssrc: number | null;
  /** The unwrapped timestamp of one that a report names, or null if it is of another source. */
  timestampOf(ssrc: number, low: number): number | null;
  report(): ReceiveReport | null;
  readonly ring: PacketRing;
  readonly jitterMs: number;
  readonly lost: number;
};

export type UplinkOptions = {
  readonly kind: Kind;
  /** Of retransmissions (RFC 4588), null if none are negotiated. */
  readonly rtxType: number | null;
  readonly clock: CaptureClock;
};

type Source = {
  readonly ssrc: number;
  readonly sequences: Unwrapper;
  readonly timestamps: Unwrapper;
  /** What is added to its numbers. */
  sequenceShift: number;
  timestampShift: number;
};

/** The pause that stands between two sources, in packets and in ms: nobody takes the new one's first for a lost one. */
const betweenMs = 40;

export function createUplink({ kind, rtxType, clock }: UplinkOptions): Uplink {
  const ring = createPacketRing(
    kind === "video" ? limits.mediaVideoPacketsKept : limits.mediaAudioPacketsKept,
  );
  const rate = clockRates[kind];
  const missing = createMissing({
    holesMax: limits.mediaHolesMax,
    requestMax: limits.mediaNackPackets,
    giveUpMs: limits.mediaGiveUpMs,
  });
  let count = createReceiveCount(rate);
  let source: Source | null = null;
  let lastAt = 0;

  function sourceOf(arrival: Arrival, now: number): Source {
    if (source !== null && source.ssrc === arrival.ssrc) return source;
    const { newest } = ring;
    const next: Source = {
      ssrc: arrival.ssrc,
      sequences: createUnwrapper(16),
      timestamps: createUnwrapper(32),
      sequenceShift: 0,
      timestampShift: 0,
    };
    if (newest !== null) {
      const passed = Math.round(((now - lastAt + betweenMs) * rate) / 1_000);
      next.sequenceShift = newest.sequence + 1 - next.sequences.unwrap(arrival.sequence);
      next.timestampShift = newest.timestamp + passed - next.timestamps.unwrap(arrival.timestamp);
      count = createReceiveCount(rate);
    }
    source = next;
    return next;
  }

  function add(of: Source, arrival: Arrival, sequence: number, payload: Buffer, now: number): Packet | null {
    const packet: Packet = {
      sequence: of.sequences.unwrap(sequence) + of.sequenceShift,
      timestamp: of.timestamps.unwrap(arrival.timestamp) + of.timestampShift,
      marker: arrival.marker,
      payload,
    };
    if (!missing.arrived(packet.sequence, now)) return null;
    ring.add(packet);
    return packet;
  }

  return {
    take(arrival, now) {
      if (arrival.payloadType === rtxType) {
        // A retransmission that carries nothing only tries out the bandwidth.
        if (source === null || arrival.payload.length <= 2) return null;
        return add(source, arrival, arrival.payload.readUInt16BE(0), arrival.payload.subarray(2), now);
      }
      const of = sourceOf(arrival, now);
      const packet = add(of, arrival, arrival.sequence, arrival.payload, now);
      if (packet === null) return null;
      lastAt = now;
      count.arrived(packet.sequence - of.sequenceShift, packet.timestamp, now);
      clock.arrived(kind, packet.timestamp, now);
      return packet;
    },
    missing: (now, rttMs) => {
      const shift = source?.sequenceShift ?? 0;
      return missing.due(now, rttMs).map((sequence) => low16(sequence - shift));
    },
    get ssrc() {
      return source?.ssrc ?? null;
    },
    timestampOf(ssrc, low) {
      if (source === null || source.ssrc !== ssrc) return null;
      return source.timestamps.unwrap(low) + source.timestampShift;
    },
    report: () => count.report(),
    ring,
    get jitterMs() {
      return count.jitterMs;
    },
    get lost() {
      return missing.lost;
    },
  };
}
