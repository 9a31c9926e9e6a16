import type { LimitName } from "@chorus/protocol/limits.ts";
import type { SampleSink } from "../samples.ts";

/**
 * The port to whatever speaks WebRTC. A publication is one broadcaster's connection, a subscription one viewer's. Nothing
 * here throws for what a peer sends.
 */
export type MediaEngine = {
  /** @param offer SDP of a client of WHIP, which sends. */
  publish(offer: string, options: PeerOptions): Promise<Published>;
  /** Ends everything. */
  close(): void;
};

export type PeerOptions = {
  /** The client's IP address, of which only so many connections are open at a time; null where none counts. */
  readonly address: string | null;
};
export type SubscribeOptions = PeerOptions & {
  /** Of this publication, at a time. */
  readonly subscribersMax: number;
};

export type Published =
  | { readonly ok: true; readonly answer: string; readonly publication: Publication }
  | Refused;
export type Subscribed =
  | { readonly ok: true; readonly answer: string; readonly subscription: Subscription }
  | Refused;
export type Restarted = { readonly ok: true; readonly fragment: string } | Refused;
export type Accepted = { readonly ok: true } | Refused;
export type Refused = { readonly ok: false; readonly refusal: EngineRefusal };

export type EngineRefusal =
  /** The text is none of its kind. */
  | { readonly kind: "malformed"; readonly detail: string }
  /** It is one, but nothing that can be served: another codec, nothing sent. */
  | { readonly kind: "unsupported"; readonly detail: string }
  | { readonly kind: "full"; readonly detail: string; readonly limit: LimitName }
  /** The connection is closed, or the network gave nothing: another try may succeed. */
  | { readonly kind: "unavailable"; readonly detail: string };

/** Connecting until the handshake is over; disconnected while nothing is heard; the last two are final. */
export type PeerState = "connecting" | "connected" | "disconnected" | "failed" | "closed";

/** One peer connection. */
export type Connection = {
  readonly state: PeerState;
  /** Names the ICE session; another one after each restart. */
  readonly ice: string;
  /** Calls with each later state. @returns the way to call it off. */
  onState(listener: (state: PeerState) => void): () => void;
  /** Takes what a client trickles (`application/trickle-ice-sdpfrag`). */
  candidates(fragment: string): Accepted;
  /** Whether the fragment has other credentials than the session: it asks for a restart. */
  restarts(fragment: string): boolean;
  restart(fragment: string): Promise<Restarted>;
  close(): void;
};

export type Publication = Connection & {
  readonly video: boolean;
  readonly audio: boolean;
  /** @param offer SDP of a client of WHEP, which receives. */
  subscribe(offer: string, options: SubscribeOptions): Promise<Subscribed>;
  /** Gives all samples from the next key frame on, and asks for key frames. @returns the way to end it. */
  samples(sink: SampleSink): () => void;
  /** At most one request in `limits.mediaKeyFrameEveryMs` goes out. */
  requestKeyFrame(): void;
  stats(): PublicationStats;
};

export type Subscription = Connection & { stats(): SubscriptionStats };

/** Of the last second. Null where nothing is known yet. */
export type PublicationStats = {
  readonly bitsPerSecond: number;
  readonly framesPerSecond: number;
  /** Share of packets that did not come at the first try, 0 to 1. */
  readonly loss: number;
  /** Packets that never came, since the beginning. */
  readonly lost: number;
  readonly keyFrameIntervalMs: number | null;
  readonly rttMs: number | null;
  readonly jitterMs: number;
  /** What the publisher is told that it may send. */
  readonly allowedBitsPerSecond: number;
  readonly subscribers: number;
};

export type SubscriptionStats = {
  readonly bitsPerSecond: number;
  /** As the viewer reports it, 0 to 1. */
  readonly loss: number;
  readonly rttMs: number | null;
  readonly jitterMs: number | null;
  /** What the viewer estimates that its downlink can take. */
  readonly estimateBitsPerSecond: number | null;
  readonly resent: number;
  /** The downlink has been too bad for seconds: another way to watch is better. */
  readonly poor: boolean;
};
