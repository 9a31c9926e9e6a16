import {
  failureOfStatus,
  idle,
  type SendFailure,
  type Session,
  type SessionInput,
  stepSession,
} from "./studio-session.ts";
import { openSender, type Sender, sendsH264, type SendTracks } from "./studio-sender.ts";

export type WhipOptions = {
  /** Of the room, as `GET /v1/rooms/:room/ingest` says it. */
  readonly url: string;
  /** @throws once there is none any more. */
  token(): string;
  /** Asked before each attempt, since names at a TURN server end by themselves. */
  iceServers(): Promise<readonly RTCIceServer[]>;
  /** Asked before a connection that was lost is made again: what has happened since that forbids it; null for nothing. */
  forbids(): Promise<SendFailure | null>;
  readonly bitsPerSecondMax: number;
  changed(session: Session, detail: string | null): void;
};

/** A browser that sends its camera, screen or microphone to a room, by WebRTC-HTTP ingestion (RFC 9725). */
export type Whip = {
  readonly session: Session;
  /** Begins, or sends something else: as long as there are tracks of the same kinds, the connection stays. */
  send(tracks: SendTracks): void;
  stop(): void;
  /** The server does not hear this page any more, whatever the connection says. */
  lost(): void;
  /** The server says that it is over, whatever the connection says. */
  end(failure: SendFailure): void;
};

const answerWithinMs = 8_000;
const connectWithinMs = 10_000;
/** A connection that is lost for so long does not come back by itself. */
const lostMs = 2_000;

export function createWhip(options: WhipOptions): Whip {
  let session: Session = idle;
  let tracks: SendTracks = { video: null, audio: null, screen: false };
  let sender: Sender | null = null;
  let resource: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = new AbortController();
  /* What a page leaves behind would be believed in by the server for some seconds more. */
  window.addEventListener("pagehide", letGo);
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) happens({ kind: "broke", failure: "lost" });
  });

  function happens(input: SessionInput, detail: string | null = null): void {
    const before = session;
    session = stepSession(session, input);
    if (session === before) return;
    if (session.phase === "connecting") void connect();
    else if (session.phase !== "sending") letGo();
    if (session.phase === "waiting") timer = setTimeout(happens, session.waitMs, { kind: "due" });
    options.changed(session, detail);
  }

  async function connect(): Promise<void> {
    letGo();
    attempt = new AbortController();
    const { signal } = attempt;
    timer = setTimeout(broke, connectWithinMs, signal, "unreachable");
    const comesBack = session.phase === "connecting" && session.began;
    const forbidden = comesBack ? await options.forbids() : null;
    if (forbidden !== null) return broke(signal, forbidden);
    const iceServers = await options.iceServers();
    if (signal.aborted) return;
    if (tracks.video !== null && !sendsH264()) return broke(signal, "codec");
    try {
      sender = openSender({ iceServers, tracks, bitsPerSecondMax: options.bitsPerSecondMax });
      watch(sender.peer, signal);
      const offer = await sender.offer();
      const answer = await post(offer);
      if (signal.aborted) return void release("resource" in answer ? answer.resource : null);
      if ("failure" in answer) return broke(signal, answer.failure, answer.detail);
      resource = answer.resource;
      await sender.accept(answer.sdp);
    } catch {
      broke(signal, "unreachable");
    }
  }

  function watch(peer: RTCPeerConnection, signal: AbortSignal): void {
    peer.addEventListener("connectionstatechange", () => {
      if (signal.aborted) return;
      const { connectionState } = peer;
      if (connectionState === "connected") {
        clearTimeout(timer);
        happens({ kind: "connected" });
      }
      if (connectionState === "disconnected") timer = setTimeout(broke, lostMs, signal, "lost");
      if (connectionState === "failed" || connectionState === "closed") broke(signal, "lost");
    });
  }

  function broke(signal: AbortSignal, failure: SendFailure, detail: string | null = null): void {
    if (!signal.aborted) happens({ kind: "broke", failure }, detail);
  }

  /** An attempt that was given up meanwhile still hears its answer: it says which session to end. */
  async function post(offer: string): Promise<Answer> {
    let token: string;
    try {
      token = options.token();
    } catch {
      return { failure: "expired", detail: null };
    }
    try {
      const response = await fetch(options.url, {
        method: "POST",
        headers: { "content-type": "application/sdp", authorization: `Bearer ${token}` },
        body: offer,
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const text = await response.text();
      if (response.status !== 201)
        return { failure: failureOfStatus(response.status), detail: detailIn(text) };
      const location = response.headers.get("location");
      return { sdp: text, resource: location === null ? null : new URL(location, response.url).href };
    } catch {
      return { failure: "offline", detail: null };
    }
  }

  function letGo(): void {
    clearTimeout(timer);
    attempt.abort();
    sender?.peer.close();
    sender = null;
    release(resource);
    resource = null;
  }

  return {
    get session() {
      return session;
    },
    send(wanted) {
      const before = tracks;
      tracks = wanted;
      const running = session.phase === "sending" || session.phase === "connecting";
      if (running && sender !== null && sameKinds(before, wanted)) void sender.replace(wanted);
      else if (running) void connect();
      else if (session.phase !== "waiting") happens({ kind: "start" });
    },
    stop: () => happens({ kind: "stop" }),
    lost: () => happens({ kind: "broke", failure: "lost" }),
    end: (failure) => happens({ kind: "over", failure }),
  };
}

type Answer =
  | { readonly sdp: string; readonly resource: string | null }
  | { readonly failure: SendFailure; readonly detail: string | null };

function sameKinds(a: SendTracks, b: SendTracks): boolean {
  return (a.video === null) === (b.video === null) && (a.audio === null) === (b.audio === null);
}

/** `keepalive`: the request outlives the page. */
function release(resource: string | null): void {
  if (resource !== null) void fetch(resource, { method: "DELETE", keepalive: true }).catch(() => {});
}

/** What the server says of a refusal (RFC 9457). */
function detailIn(text: string): string | null {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== "object" || problem === null || !("detail" in problem)) return null;
    return typeof problem.detail === "string" ? problem.detail : null;
  } catch {
    return null;
  }
}
