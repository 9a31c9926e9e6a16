import { limits } from "@chorus/protocol/limits.ts";
import type { CaptureClock } from "./capture-clock.ts";
import { startsKeyFrame } from "./h264-units.ts";
import { compactMs, compactNtp, ntpOf } from "./ntp.ts";
import type { UsedLine } from "./offer.ts";
import { clockRates, type Packet } from "./packet.ts";
import type { PacketRing } from "./packet-ring.ts";
import { type ReportBlock, writeSenderReport } from "./rtcp.ts";
import { writeRtpHeader } from "./rtp-header.ts";
import { low16, low32 } from "./sequence.ts";

/**
 * One track on its way to one viewer. All viewers get the same source, numbers and timestamps, which the uplink has made
 * one row of; what differs is the encryption and which payload type the viewer asked for.
 */
export type Downlink = {
  forward(packet: Packet): void;
  /** Begins the picture with what is kept, if a key frame that is new enough is. */
  replay(from: number): void;
  /** Answers a NACK, within the viewer's share. */
  resend(low: readonly number[]): void;
  /** A sender report whose NTP time is this machine's when that was captured which has its RTP timestamp. */
  report(now: number): Buffer | null;
  /** Takes in what the viewer reports. */
  reported(block: ReportBlock, now: number): void;
  readonly started: boolean;
  readonly octets: number;
  readonly resent: number;
  readonly last: { readonly loss: number; readonly rttMs: number | null; readonly jitterMs: number } | null;
};

export type DownlinkOptions = {
  readonly line: UsedLine;
  readonly source: { readonly ssrc: number; readonly rtxSsrc: number };
  readonly name: string;
  readonly ring: PacketRing;
  readonly clock: CaptureClock;
  send(header: Buffer, payload: Buffer, ssrc: number, sequence: number): void;
};

/** After so long the middle 32 bits of NTP begin again. */
const circleMs = 2 ** 16 * 1_000;

export function createDownlink({ line, source, name, ring, clock, send }: DownlinkOptions): Downlink {
  const kind = line.use;
  let first: number | null = null;
  let newest: Packet | null = null;
  let packets = 0;
  let octets = 0;
  let resent = 0;
  let resendsLeft: number = limits.mediaResendPerSecond;
  let rtxSequence = 2 ** 16 + Math.floor(Math.random() * 2 ** 15);
  let last: Downlink["last"] = null;

  function headerOf(packet: Packet, as: { payloadType: number; sequence: number; ssrc: number }): Buffer {
    const at = line.captureTimeId === null ? null : clock.capturedAt(kind, packet.timestamp);
    const captured =
      at === null || line.captureTimeId === null ? null : { id: line.captureTimeId, at: ntpOf(at) };
    return writeRtpHeader({ ...as, marker: packet.marker, timestamp: low32(packet.timestamp), captured });
  }

  function write(packet: Packet): void {
    const as = { payloadType: line.payloadType, sequence: packet.sequence, ssrc: source.ssrc };
    send(headerOf(packet, as), packet.payload, source.ssrc, packet.sequence);
    packets += 1;
    octets += packet.payload.length;
    if (newest === null || packet.sequence > newest.sequence) newest = packet;
  }

  function again(packet: Packet): void {
    resent += 1;
    if (line.rtxType === null) {
      write(packet);
      return;
    }
    rtxSequence += 1;
    const original = Buffer.alloc(2 + packet.payload.length);
    original.writeUInt16BE(low16(packet.sequence), 0);
    packet.payload.copy(original, 2);
    const as = { payloadType: line.rtxType, sequence: rtxSequence, ssrc: source.rtxSsrc };
    send(headerOf(packet, as), original, source.rtxSsrc, rtxSequence);
  }

  /** What came after the packet that begins the picture may have come before it. */
  function replay(from: number): void {
    const until = ring.newest?.sequence ?? from;
    first = from;
    for (let sequence = from; sequence <= until; sequence += 1) {
      const packet = ring.at(sequence);
      if (packet !== null) write(packet);
    }
  }

  return {
    forward(packet) {
      if (first !== null && packet.sequence >= first) write(packet);
      else if (first === null && kind === "audio") replay(packet.sequence);
      else if (first === null && startsKeyFrame(packet.payload)) replay(packet.sequence);
    },
    replay,
    resend(low) {
      if (newest === null || first === null) return;
      for (const number of low) {
        const sequence = newest.sequence - low16(newest.sequence - number);
        const packet = sequence < first ? null : ring.at(sequence);
        if (packet === null || resendsLeft === 0) continue;
        resendsLeft -= 1;
        again(packet);
      }
    },
    report(now) {
      resendsLeft = limits.mediaResendPerSecond;
      if (newest === null) return null;
      const captured = clock.capturedAt(kind, newest.timestamp);
      if (captured === null) return null;
      const timestamp = newest.timestamp + Math.round(((now - captured) * clockRates[kind]) / 1_000);
      const report = { ssrc: source.ssrc, ntp: ntpOf(now), timestamp: low32(timestamp), packets, octets };
      return writeSenderReport(report, name);
    },
    reported({ fractionLost, jitter, lastReport, delay }, now) {
      const took = compactMs(compactNtp(ntpOf(now)) - lastReport - delay);
      // A round trip that the clocks cannot tell from none comes out as the whole circle.
      const rttMs = lastReport === 0 ? (last?.rttMs ?? null) : took > circleMs / 2 ? 0 : took;
      last = { loss: fractionLost / 256, rttMs, jitterMs: (jitter * 1_000) / clockRates[kind] };
    },
    get started() {
      return first !== null;
    },
    get octets() {
      return octets;
    },
    get resent() {
      return resent;
    },
    get last() {
      return last;
    },
  };
}
