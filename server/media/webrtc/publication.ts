import { limits } from "@chorus/protocol/limits.ts";
import { every, type Clock } from "../../clock.ts";
import type { SampleSink } from "../samples.ts";
import { createBandwidth } from "./bandwidth.ts";
import { createCaptureClock } from "./capture-clock.ts";
import { createConnection } from "./connection.ts";
import type { PeerState, Publication, PublicationStats, SubscribeOptions, Subscribed } from "./engine.ts";
import { startsKeyFrame } from "./h264-units.ts";
import { createKeyFrames } from "./key-frames.ts";
import { compactMs, compactNtp, ntpOf, unixMsOf } from "./ntp.ts";
import type { Offer, UsedLine } from "./offer.ts";
import type { Kind, Packet } from "./packet.ts";
import {
  type Rtcp,
  type SenderReport,
  writeNack,
  writePli,
  writeReceiverReport,
  writeReferenceTime,
  writeRemb,
} from "./rtcp.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import type { OwnSubscription, Sources } from "./subscription.ts";
import { type Arrival, createUplink, type Uplink } from "./uplink.ts";
import type { Peer } from "./werift-peer.ts";

/** One broadcaster: what they send goes to the viewers as it comes, and in order to who makes samples of it. */
export type OwnPublication = Publication & {
  arrived(arrival: Arrival): void;
  rtcp(packets: readonly Rtcp[]): void;
  entered(state: PeerState): void;
};

export type PublicationSetup = {
  readonly clock: Clock;
  readonly offer: Offer;
  readonly addresses: readonly string[];
  readonly name: string;
  readonly bitsPerSecondMax: number;
  readonly sources: Sources;
  peer(): Peer | null;
  /** Opens a viewer's peer; the answer is the engine's. */
  open(of: ViewerSetup, offer: string, options: SubscribeOptions): Promise<Subscribed>;
};
/** What a viewer's connection needs of the publication. */
export type ViewerSetup = {
  readonly name: string;
  readonly sources: Sources;
  readonly captureClock: ReturnType<typeof createCaptureClock>;
  readonly subscribers: Set<OwnSubscription>;
  ring(kind: Kind): Uplink["ring"] | null;
  keyFrameWanted(): void;
  /** The number of a packet that begins a key frame, if one is new enough to begin with. */
  recentKeyFrame(): number | null;
};

const tickMs = 10;
const secondMs = 1_000;
/** Of the path to the publisher, until it is known. */
const rttGuessMs = 60;
const weighted = 0.125;

export function createPublication(setup: PublicationSetup): OwnPublication {
  const { clock, offer, peer, sources, name, bitsPerSecondMax } = setup;
  const ours = sources.video.ssrc;
  const captureClock = createCaptureClock();
  const uplinks = new Map<Kind, Uplink>();
  const kinds = new Map<number, Kind>();
  const used = offer.lines.filter((line): line is UsedLine => line.use !== "none");
  for (const { use, payloadType, rtxType } of used) {
    uplinks.set(use, createUplink({ kind: use, rtxType, clock: captureClock }));
    kinds.set(payloadType, use);
    if (rtxType !== null) kinds.set(rtxType, use);
  }
  const video = uplinks.get("video") ?? null;
  const connection = createConnection({ ...setup, remoteUfrag: offer.ice.ufrag });
  const subscribers = new Set<OwnSubscription>();
  const samplers = new Set<Sampler>();
  const keyFrames = createKeyFrames(clock, sendPli);
  const start = {
    start: limits.mediaBitsPerSecondStart,
    min: limits.mediaBitsPerSecondMin,
    max: bitsPerSecondMax,
  };
  const bandwidth = createBandwidth(start);
  const reports = new Map<number, { compact: number; at: number }>();
  let rttMs: number | null = null;
  let octets = 0;
  let frames = 0;
  let rates = { bitsPerSecond: 0, framesPerSecond: 0, loss: 0 };
  let secondAt: number = clock.now();
  const stopTick = every(clock, tickMs, tick);

  function sendPli(): void {
    const ssrc = video?.ssrc ?? null;
    if (ssrc !== null) peer()?.sendRtcp(writePli(ours, ssrc));
  }

  function arrived(arrival: Arrival): void {
    const kind = kinds.get(arrival.payloadType);
    const uplink = kind === undefined ? undefined : uplinks.get(kind);
    if (kind === undefined || uplink === undefined) return;
    const now = clock.now();
    const packet = uplink.take(arrival, now);
    if (packet === null) return;
    octets += packet.payload.length;
    if (kind === "video") notePicture(packet, now);
    for (const subscriber of subscribers) subscriber.forward(kind, packet);
    for (const sampler of samplers) sampler.add(kind, packet, now);
  }

  function notePicture(packet: Packet, now: number): void {
    if (packet.marker) frames += 1;
    if (startsKeyFrame(packet.payload)) keyFrames.came(packet.sequence, now);
  }

  function rtcp(packets: readonly Rtcp[]): void {
    const now = clock.now();
    for (const packet of packets) {
      if (packet.type === "sender-report") takeReport(packet, now);
      if (packet.type === "round-trip" && packet.about === ours) {
        const took = compactMs(compactNtp(ntpOf(now)) - packet.lastReference - packet.delay);
        if (took < limits.mediaSilentMs) rttMs = rttMs === null ? took : rttMs + (took - rttMs) * weighted;
      }
    }
  }

  function takeReport({ ssrc, ntp, timestamp }: SenderReport, now: number): void {
    for (const [kind, uplink] of uplinks) {
      const whole = uplink.timestampOf(ssrc, timestamp);
      if (whole === null) continue;
      reports.set(ssrc, { compact: compactNtp(ntp), at: now });
      captureClock.report(kind, whole, unixMsOf(ntp), now);
    }
  }

  function tick(): void {
    const now = clock.now();
    for (const uplink of uplinks.values()) {
      const missing = uplink.missing(now, rttMs ?? rttGuessMs);
      if (missing.length > 0 && uplink.ssrc !== null) peer()?.sendRtcp(writeNack(ours, uplink.ssrc, missing));
    }
    for (const sampler of samplers) sampler.tick(now);
    if (now - secondAt >= secondMs) second(now);
  }

  function second(now: number): void {
    const seconds = (now - secondAt) / 1_000;
    secondAt = now;
    const bitsPerSecond = (octets * 8) / seconds;
    const loss = sendReports(now, bitsPerSecond);
    rates = { bitsPerSecond, framesPerSecond: frames / seconds, loss };
    octets = 0;
    frames = 0;
    if (samplers.size > 0) keyFrames.atLeastEvery(limits.mediaSamplesKeyFrameMs);
    for (const subscriber of subscribers) {
      if (subscriber.waits) keyFrames.want();
      subscriber.second(now);
    }
    peer()?.tick(now);
  }

  function sendReports(now: number, bitsPerSecond: number): number {
    let loss = 0;
    const media: number[] = [];
    const blocks = [...uplinks].flatMap(([kind, uplink]) => {
      const report = uplink.report();
      if (report === null || uplink.ssrc === null) return [];
      if (kind === "video" || video === null) loss = report.fractionLost / 256;
      media.push(uplink.ssrc);
      const last = reports.get(uplink.ssrc);
      const delay = last === undefined ? 0 : Math.round((now - last.at) * 65.536);
      return [{ ...report, ssrc: uplink.ssrc, lastReport: last?.compact ?? 0, delay }];
    });
    const allowed = bandwidth.second(loss, bitsPerSecond);
    if (media.length === 0) return 0;
    peer()?.sendRtcp(
      writeReceiverReport(ours, blocks, name),
      writeReferenceTime(ours, ntpOf(now)),
      writeRemb(ours, allowed, media),
    );
    return loss;
  }

  function samples(sink: SampleSink): () => void {
    if (samplers.size >= limits.mediaSinksMax)
      throw new Error("More sinks than mediaSinksMax for one publication");
    const audio = used.find(({ use }) => use === "audio");
    const sampler = createSampler({
      clock: captureClock,
      video: video !== null,
      audio: audio === undefined ? null : { channels: audio.channels },
      sink,
      wantsKeyFrame: keyFrames.want,
    });
    samplers.add(sampler);
    keyFrames.want();
    return () => {
      if (samplers.delete(sampler)) sampler.end();
    };
  }

  function entered(state: PeerState): void {
    if (state === "failed" || state === "closed") {
      stopTick();
      for (const sampler of samplers) sampler.end();
      samplers.clear();
      for (const subscriber of subscribers) subscriber.close();
    }
    connection.entered(state);
  }

  function stats(): PublicationStats {
    return {
      ...rates,
      lost: video?.lost ?? uplinks.get("audio")?.lost ?? 0,
      keyFrameIntervalMs: keyFrames.intervalMs,
      rttMs,
      jitterMs: (video ?? uplinks.get("audio"))?.jitterMs ?? 0,
      allowedBitsPerSecond: bandwidth.bitsPerSecond,
      subscribers: subscribers.size,
    };
  }

  const viewers: ViewerSetup = {
    name,
    sources,
    captureClock,
    subscribers,
    ring: (kind) => uplinks.get(kind)?.ring ?? null,
    keyFrameWanted: keyFrames.want,
    recentKeyFrame: () => keyFrames.recent(clock.now()),
  };

  return {
    get state() {
      return connection.state;
    },
    get ice() {
      return connection.ice;
    },
    onState: connection.onState,
    candidates: connection.candidates,
    restarts: connection.restarts,
    restart: connection.restart,
    close: connection.close,
    video: video !== null,
    audio: uplinks.has("audio"),
    subscribe: (text, options) => setup.open(viewers, text, options),
    samples,
    requestKeyFrame: keyFrames.want,
    stats,
    arrived,
    rtcp,
    entered,
  };
}
