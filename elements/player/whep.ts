import type { IceServer } from "./broadcast.ts";
import type { Failure, Health, Play, PlayOptions, Reading } from "./play.ts";
import { frameClock } from "./frame-clock.ts";
import { gathered } from "./gathered.ts";

export type WhepOptions = PlayOptions & {
  readonly iceServers: readonly IceServer[];
  readonly wants: { readonly video: boolean; readonly audio: boolean };
};

const answerWithinMs = 5_000;
const connectWithinMs = 8_000;
/** A connection that is lost for so long does not come back by itself. */
const lostMs = 3_000;

/** Whether this browser can receive by WebRTC at all. */
export function hasWhep(): boolean {
  return typeof RTCPeerConnection === "function";
}

/** The picture by WebRTC: an offer to receive is posted, the answer comes back (draft-ietf-wish-whep, section 4). */
export function openWhep(options: WhepOptions): Play {
  const { video, iceServers, wants, serverNow } = options;
  const ended = new AbortController();
  const peer = new RTCPeerConnection({ iceServers: [...iceServers], bundlePolicy: "max-bundle" });
  const stream = new MediaStream();
  const clock = frameClock(video, serverNow, ended.signal);
  let resource: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function fail(failure: Failure): void {
    if (!ended.signal.aborted) options.failed(failure);
  }

  function failAfter(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(fail, ms, "network");
  }

  async function connect(): Promise<void> {
    for (const kind of ["video", "audio"] as const)
      if (wants[kind]) peer.addTransceiver(kind, { direction: "recvonly" });
    const offer = await peer.createOffer();
    await peer.setLocalDescription({ type: "offer", sdp: inStereo(offer.sdp ?? "") });
    await gathered(peer);
    if (ended.signal.aborted) return;
    const answer = await exchange(options.url, peer.localDescription?.sdp ?? "", ended.signal);
    if ("failure" in answer) return fail(answer.failure);
    resource = answer.resource;
    if (ended.signal.aborted) return release(resource);
    await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
  }

  peer.addEventListener("track", ({ track }) => stream.addTrack(track));
  peer.addEventListener("connectionstatechange", () => {
    const { connectionState } = peer;
    if (connectionState === "connected") clearTimeout(timer);
    if (connectionState === "disconnected") failAfter(lostMs);
    if (connectionState === "failed" || connectionState === "closed") fail("network");
  });
  video.srcObject = stream;
  failAfter(connectWithinMs);
  connect().catch(() => fail("network"));

  return {
    reading: (): Reading | null => clock.reading(),
    span: () => null,
    seek: () => {},
    toLive: () => {},
    health: () => healthOf(peer),
    stop() {
      if (ended.signal.aborted) return;
      ended.abort();
      clearTimeout(timer);
      peer.close();
      video.srcObject = null;
      release(resource);
    },
  };
}

/** Chromium plays Opus in one channel unless what it offers asks for two (RFC 7587, section 7.1). */
export function inStereo(sdp: string): string {
  return sdp.replaceAll(/^(a=fmtp:\d+ .*useinbandfec=1)(?!.*stereo=1)/gm, "$1;stereo=1");
}

type Answer = { readonly sdp: string; readonly resource: string | null } | { readonly failure: Failure };

async function exchange(url: string, offer: string, ended: AbortSignal): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/sdp" },
    body: offer,
    signal: AbortSignal.any([ended, AbortSignal.timeout(answerWithinMs)]),
  });
  if (response.status !== 201) return { failure: failureOf(response.status) };
  const location = response.headers.get("location");
  const resource = location === null ? null : new URL(location, response.url).href;
  return { sdp: await response.text(), resource };
}

/** What a refusal over HTTP means for who wanted to watch. */
export function failureOf(status: number): Failure {
  if ([401, 403, 404, 409, 410].includes(status)) return "gone";
  if (status === 429 || status === 503) return "full";
  return status === 406 || status === 415 ? "unsupported" : "network";
}

/** The server would notice in some seconds by itself; told, it has the place for somebody else at once. */
function release(resource: string | null): void {
  if (resource !== null) void fetch(resource, { method: "DELETE", keepalive: true }).catch(() => {});
}

async function healthOf(peer: RTCPeerConnection): Promise<Health> {
  let health = { frames: 0, freezes: 0, lost: 0, packets: 0 };
  for (const one of (await peer.getStats()).values()) {
    if (one.type !== "inbound-rtp") continue;
    const { framesDecoded = 0, freezeCount = 0, packetsLost = 0, packetsReceived = 0 }: InboundRtp = one;
    health = {
      frames: health.frames + framesDecoded,
      freezes: health.freezes + freezeCount,
      lost: health.lost + Math.max(packetsLost, 0),
      packets: health.packets + packetsReceived,
    };
  }
  return health;
}

/** Of an `RTCInboundRtpStreamStats` (webrtc-stats, section 7.2) what is read. */
type InboundRtp = {
  readonly framesDecoded?: number;
  readonly freezeCount?: number;
  readonly packetsLost?: number;
  readonly packetsReceived?: number;
};
