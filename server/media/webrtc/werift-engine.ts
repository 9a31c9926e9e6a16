import { randomBytes } from "node:crypto";
import type { LimitName } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import { writeAnswer } from "./answer.ts";
import { createCaps, full, type PeerKind, type Place } from "./caps.ts";
import type {
  EngineRefusal,
  MediaEngine,
  PeerOptions,
  PeerState,
  Published,
  Refused,
  SubscribeOptions,
  Subscribed,
} from "./engine.ts";
import { announcedAddresses, createPortPool, type NetworkOptions } from "./network.ts";
import { type Offer, readOffer, type UsedLine } from "./offer.ts";
import type { Kind } from "./packet.ts";
import { createPublication, type OwnPublication, type ViewerSetup } from "./publication.ts";
import { createSubscription, type OwnSubscription, type Sources } from "./subscription.ts";
import { openPeer, type Peer, type PeerSetup } from "./werift-peer.ts";

export type WeriftOptions = {
  readonly clock: Clock;
  readonly network: NetworkOptions;
  /** What a publisher may send at most, bits a second; the default is 6 Mbit/s. */
  readonly bitsPerSecondMax?: number;
  /** A bound of this name kept somebody out. */
  reached?(limit: LimitName): void;
  /** For the operator: no port was to be had for somebody. */
  said?(sentence: string): void;
};

const bitsPerSecondDefault = 6_000_000;
/** Whoever asks again and again does not fill the log. */
const sayAgainMs = 60_000;

/** WebRTC by werift, in this process. */
export function createWeriftEngine(options: WeriftOptions): MediaEngine {
  const { clock, network, bitsPerSecondMax = bitsPerSecondDefault } = options;
  const caps = createCaps();
  const ports = network.udpPorts === null ? null : createPortPool(network.udpPorts);
  const open = new Set<{ close(): void }>();
  let closed = false;
  let quietUntil = 0;

  type Opening = {
    readonly kind: PeerKind;
    readonly offer: Offer;
    readonly address: string | null;
    readonly on: PeerSetup["on"];
  };

  /** Opens a peer within the caps, and gives its place back when it ends. */
  async function admit({ kind, offer, address, on }: Opening): Promise<{ ok: true; peer: Peer } | Refused> {
    if (closed) return unavailable("The server is closing: try again in some seconds.");
    const place = caps.enter(kind, address);
    if ("ok" in place) return counted(place);
    const state = entering(place, on.state);
    const { ice: remote, fingerprints, weAre } = offer;
    const setup = { clock, network, ports, remote, fingerprints, weAre, reached, on: { ...on, state } };
    const peer = await openPeer(setup);
    if (peer === null) {
      place.leave();
      sayNoPort();
      return unavailable("This server has no free UDP port for media: try again later.");
    }
    return { ok: true, peer };
  }

  function sayNoPort(): void {
    if (clock.now() < quietUntil) return;
    quietUntil = clock.now() + sayAgainMs;
    options.said?.(noPort(network.udpPorts));
  }

  function reached(limit: LimitName): void {
    options.reached?.(limit);
  }

  function counted(refused: Refused): Refused {
    if (refused.refusal.kind === "full") reached(refused.refusal.limit);
    return refused;
  }

  function answer(of: {
    peer: Peer;
    offer: Offer;
    weSend: boolean;
    sources: Sources;
    name: string;
    has(kind: Kind): boolean;
  }): string {
    const { peer, ...rest } = of;
    return writeAnswer({
      ...rest,
      session: String(randomBytes(6).readUIntBE(0, 6)),
      ice: peer.ice,
      fingerprint: peer.fingerprint,
      addresses: announcedAddresses(network),
      port: peer.port,
    });
  }

  async function publish(text: string, { address }: PeerOptions): Promise<Published> {
    const read = readOffer(text, "sends");
    if (!read.ok) return read;
    const { offer } = read;
    const sources: Sources = { video: newSource(), audio: newSource() };
    const name = randomBytes(9).toString("base64url");
    let peer: Peer | null = null;
    let publication: OwnPublication | null = null;
    const on: PeerSetup["on"] = {
      rtp: (arrival) => publication?.arrived(arrival),
      rtcp: (packets) => publication?.rtcp(packets),
      state(state) {
        if (publication !== null && (state === "failed" || state === "closed")) open.delete(publication);
        publication?.entered(state);
      },
    };
    const admitted = await admit({ kind: "publisher", offer, address, on });
    if (!admitted.ok) return admitted;
    peer = admitted.peer;
    const own = peer;
    const addresses = announcedAddresses(network);
    publication = createPublication({
      clock,
      offer,
      addresses,
      name,
      bitsPerSecondMax,
      sources,
      peer: () => own,
      open: subscribe,
    });
    open.add(publication);
    const accepted = answer({ peer, offer, weSend: false, sources, name, has: all });
    return { ok: true, answer: accepted, publication };
  }

  async function subscribe(of: ViewerSetup, text: string, options: SubscribeOptions): Promise<Subscribed> {
    const read = readOffer(text, "receives");
    if (!read.ok) return read;
    if (of.subscribers.size >= options.subscribersMax) return counted(full("mediaRoomSubscribersMax"));
    const { offer } = read;
    let subscription: OwnSubscription | null = null;
    const on: PeerSetup["on"] = {
      rtp: () => {},
      rtcp: (packets) => subscription?.rtcp(packets, clock.now()),
      state(state) {
        if (subscription === null) return;
        if (state === "connected") begin(of, subscription);
        if (state === "failed" || state === "closed") of.subscribers.delete(subscription);
        subscription.entered(state);
      },
    };
    const admitted = await admit({ kind: "viewer", offer, address: options.address, on });
    if (!admitted.ok) return admitted;
    const { peer } = admitted;
    const { name, sources, captureClock, ring, keyFrameWanted } = of;
    const has = (kind: Kind): boolean => ring(kind) !== null;
    subscription = createSubscription({
      peer,
      remoteUfrag: offer.ice.ufrag,
      addresses: announcedAddresses(network),
      lines: offer.lines.filter((line): line is UsedLine => line.use !== "none"),
      sources,
      name,
      clock: captureClock,
      ring,
      keyFrameWanted,
    });
    of.subscribers.add(subscription);
    return { ok: true, answer: answer({ peer, offer, weSend: true, sources, name, has }), subscription };
  }

  return {
    publish,
    close() {
      closed = true;
      for (const publication of open) publication.close();
    },
  };
}

function entering(place: Place, on: (state: PeerState) => void): (state: PeerState) => void {
  return (state) => {
    if (state === "connected") place.settled();
    if (state === "failed" || state === "closed") place.leave();
    on(state);
  };
}

/** A picture begins with a key frame that is there, or with the next one. */
function begin(of: ViewerSetup, subscription: OwnSubscription): void {
  const from = of.recentKeyFrame();
  if (from === null) of.keyFrameWanted();
  else subscription.replay(from);
}

function all(): boolean {
  return true;
}

function noPort(range: NetworkOptions["udpPorts"]): string {
  const which = range === null ? "" : ` in ${range.join("-")}`;
  return `WebRTC found no free UDP port${which}, so somebody was turned away: end the program that holds them, or give the server more with --udp-ports.`;
}

function unavailable(detail: string): Refused {
  const refusal: EngineRefusal = { kind: "unavailable", detail };
  return { ok: false, refusal };
}

function newSource(): { ssrc: number; rtxSsrc: number } {
  return { ssrc: randomBytes(4).readUInt32BE(0) || 1, rtxSsrc: randomBytes(4).readUInt32BE(0) || 2 };
}
