import type { CaptureClock } from "./capture-clock.ts";
import type { PeerState, Subscription, SubscriptionStats } from "./engine.ts";
import { createConnection } from "./connection.ts";
import { createDownlink, type Downlink } from "./downlink.ts";
import { compactNtp } from "./ntp.ts";
import type { UsedLine } from "./offer.ts";
import type { Kind, Packet } from "./packet.ts";
import type { PacketRing } from "./packet-ring.ts";
import { type Rtcp, writeRoundTrip } from "./rtcp.ts";
import type { Peer } from "./werift-peer.ts";

/** One viewer. */
export type OwnSubscription = Subscription & {
  forward(kind: Kind, packet: Packet): void;
  rtcp(packets: readonly Rtcp[], now: number): void;
  entered(state: PeerState): void;
  second(now: number): void;
  /** Connected, but the picture has not begun. */
  readonly waits: boolean;
  replay(from: number): void;
};

export type Sources = Readonly<Record<Kind, { readonly ssrc: number; readonly rtxSsrc: number }>>;
export type SubscriptionSetup = {
  readonly peer: Peer;
  readonly remoteUfrag: string;
  readonly addresses: readonly string[];
  readonly lines: readonly UsedLine[];
  readonly sources: Sources;
  readonly name: string;
  readonly clock: CaptureClock;
  ring(kind: Kind): PacketRing | null;
  keyFrameWanted(): void;
};

/** A downlink is poor when so much is lost, or it can take so much less than is sent, for so many seconds. */
const poorLoss = 0.1;
const poorShare = 0.5;
const poorSeconds = 4;

export function createSubscription(setup: SubscriptionSetup): OwnSubscription {
  const { peer, lines, sources, name, clock, ring, keyFrameWanted } = setup;
  const connection = createConnection({ ...setup, peer: () => peer });
  const links = new Map<Kind, Downlink>();
  for (const line of lines) {
    const kept = ring(line.use);
    if (kept === null) continue;
    const send = peer.sendRtp;
    links.set(line.use, createDownlink({ line, source: sources[line.use], name, ring: kept, clock, send }));
  }
  const video = links.get("video");
  let estimate: number | null = null;
  let octetsBefore = 0;
  let bitsPerSecond = 0;
  let badSeconds = 0;

  function linkOf(ssrc: number): Downlink | undefined {
    const kind = ssrc === sources.video.ssrc ? "video" : ssrc === sources.audio.ssrc ? "audio" : null;
    return kind === null ? undefined : links.get(kind);
  }

  function take(packet: Rtcp, now: number): void {
    if (packet.type === "nack") linkOf(packet.media)?.resend(packet.sequences);
    else if (packet.type === "key-frame") keyFrameWanted();
    else if (packet.type === "remb") estimate = packet.bitsPerSecond;
    else if (packet.type === "reference-time") {
      const ours = video === undefined ? sources.audio.ssrc : sources.video.ssrc;
      peer.sendRtcp(writeRoundTrip(ours, packet.ssrc, compactNtp(packet.ntp), 0));
    } else if (packet.type === "receiver-report" || packet.type === "sender-report") {
      for (const block of packet.blocks) linkOf(block.ssrc)?.reported(block, now);
    }
  }

  function judge(): void {
    const octets = [...links.values()].reduce((sum, link) => sum + link.octets, 0);
    bitsPerSecond = (octets - octetsBefore) * 8;
    octetsBefore = octets;
    const loss = video?.last?.loss ?? 0;
    const short = estimate !== null && estimate < bitsPerSecond * poorShare;
    badSeconds = loss > poorLoss || short ? badSeconds + 1 : 0;
  }

  function stats(): SubscriptionStats {
    const last = video?.last ?? links.get("audio")?.last ?? null;
    return {
      bitsPerSecond,
      loss: last?.loss ?? 0,
      rttMs: last?.rttMs ?? null,
      jitterMs: last?.jitterMs ?? null,
      estimateBitsPerSecond: estimate,
      resent: video?.resent ?? 0,
      poor: badSeconds >= poorSeconds,
    };
  }

  return {
    ...connectionOf(connection),
    get state() {
      return connection.state;
    },
    get ice() {
      return connection.ice;
    },
    entered: connection.entered,
    forward(kind, packet) {
      if (peer.state === "connected") links.get(kind)?.forward(packet);
    },
    rtcp(packets, now) {
      for (const packet of packets) take(packet, now);
    },
    second(now) {
      judge();
      for (const link of links.values()) {
        const report = link.report(now);
        if (report !== null) peer.sendRtcp(report);
      }
      peer.tick(now);
    },
    get waits() {
      return peer.state === "connected" && video?.started === false;
    },
    replay: (from) => video?.replay(from),
    stats,
  };
}

/** Its functions alone: what changes must be read anew each time. */
function connectionOf({
  onState,
  candidates,
  restarts,
  restart,
  close,
}: ReturnType<typeof createConnection>) {
  return { onState, candidates, restarts, restart, close };
}
