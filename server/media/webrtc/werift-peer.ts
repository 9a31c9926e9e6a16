import { isIPv4 } from "node:net";
import { type LimitName, limits } from "@chorus/protocol/limits.ts";
import {
  RTCDtlsFingerprint,
  RTCDtlsParameters,
  RTCDtlsTransport,
  RTCIceGatherer,
  RTCIceTransport,
  UdpTransport,
} from "werift";
import type { Clock } from "../../clock.ts";
import { sendDatagram } from "./datagram.ts";
import type { PeerState } from "./engine.ts";
import type { NetworkOptions, PortPool } from "./network.ts";
import type { Fingerprint, IceCredentials } from "./offer.ts";
import { createPeerDoor } from "./peer-door.ts";
import { readRtcp, type Rtcp } from "./rtcp.ts";
import { createSrtpOut, type SrtpOut } from "./srtp-out.ts";
import type { Arrival } from "./uplink.ts";
import { bindAtOnce } from "./werift-socket.ts";

bindAtOnce();

/**
 * One connection by ICE-lite, DTLS and SRTP, which are werift's; RTP and RTCP are ours. This is the only file that calls
 * werift, beside that of its sockets, and the one place where what it throws ends: a peer whose packets make it throw has
 * failed, nothing more.
 */
export type Peer = {
  readonly ice: IceCredentials;
  readonly fingerprint: Fingerprint;
  readonly port: number;
  readonly state: PeerState;
  /** @param sequence unwrapped; the header has its low 16 bits. */
  sendRtp(header: Buffer, payload: Buffer, ssrc: number, sequence: number): void;
  sendRtcp(...packets: readonly Buffer[]): void;
  /** @returns our new credentials, or null if it cannot be done. */
  restart(remote: IceCredentials): Promise<IceCredentials | null>;
  /** To be called once a second: notices silence. */
  tick(now: number): void;
  close(): void;
};

export type PeerSetup = {
  readonly clock: Clock;
  readonly network: NetworkOptions;
  readonly ports: PortPool | null;
  readonly remote: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  readonly weAre: "server" | "client";
  /** A bound of this name was reached. */
  reached(limit: LimitName): void;
  readonly on: {
    rtp(arrival: Arrival): void;
    rtcp(packets: readonly Rtcp[]): void;
    state(state: PeerState): void;
  };
};

/** A port of the range may be another program's: so many are tried. */
const portTries = 64;

/** @returns null when there is no port to be had. */
export async function openPeer(setup: PeerSetup): Promise<Peer | null> {
  if (setup.ports === null) return bind(setup, null, () => {});
  for (let tried = 0; tried < portTries; tried += 1) {
    const port = setup.ports.take();
    if (port === null) return null;
    const { ports } = setup;
    const peer = await bind(setup, port, () => ports.give(port));
    if (peer !== null) return peer;
  }
  return null;
}

async function bind(setup: PeerSetup, port: number | null, release: () => void): Promise<Peer | null> {
  const { clock, network, remote, fingerprints, weAre, on } = setup;
  const { bindAddress } = network;
  const everywhere = bindAddress === "0.0.0.0" || bindAddress === "::";
  let heardAt = clock.now();
  const openedAt = heardAt;
  /** Our credentials, the newest first: while ICE restarts, checks come under those of before. */
  let credentials: readonly IceCredentials[] = [];
  const door = createPeerDoor({
    credentials: () => credentials,
    heard: () => (heardAt = clock.now()),
    reached: setup.reached,
  });
  const gatherer = new RTCIceGatherer({
    iceLite: true,
    useIpv4: false,
    useIpv6: false,
    useTcp: false,
    additionalHostAddresses: [bindAddress],
    ...(everywhere ? {} : { interfaceAddresses: { [isIPv4(bindAddress) ? "udp4" : "udp6"]: bindAddress } }),
    ...(port === null ? {} : { portRange: [port, port] }),
  });
  const transport = new RTCIceTransport(gatherer);
  const { connection } = transport;
  const certificate = await RTCDtlsTransport.SetupCertificate();
  const dtls = new RTCDtlsTransport({}, transport, certificate, [7, 1]);
  dtls.role = weAre;
  const [own] = certificate.getFingerprints();
  let state: PeerState = "connecting";
  let out: SrtpOut | null = null;

  function enter(next: PeerState): void {
    if (state === next || state === "closed" || state === "failed") return;
    state = next;
    if (next === "failed" || next === "closed") end();
    on.state(next);
  }

  function end(): void {
    out = null;
    dtls.onRtp.allUnsubscribe();
    contained(dtls.stop()).finally(release);
  }

  /** Whatever a peer makes werift throw, it ends here. */
  async function contained<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch {
      enter("failed");
      return null;
    }
  }

  async function connect(): Promise<void> {
    await transport.start();
    await dtls.start();
    const { profile, srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = dtls.srtp.localContext;
    out = createSrtpOut({
      profile: profile === 7 ? "aes-128-gcm" : "aes-128-cm-hmac-sha1-80",
      key: srtpSessionKey,
      salt: srtpSessionSalt,
      authentication: srtpSessionAuthTag,
    });
    enter("connected");
  }

  function takeRtcp(data: Buffer): void {
    // RFC 5761, 4: the second byte tells RTCP from RTP.
    const second = data[1] ?? 0;
    if (state !== "connected" && state !== "disconnected") return;
    if (second < 192 || second > 223 || (data[0] ?? 0) >> 6 !== 2) return;
    let bytes: Buffer;
    try {
      bytes = dtls.srtcp.decrypt(data);
    } catch {
      return;
    }
    on.rtcp(readRtcp(bytes));
  }

  function ownCredentials(): IceCredentials {
    return { ufrag: connection.localUsername, pwd: connection.localPassword };
  }

  /** Werift keeps those of every restart, and a client may restart for days. */
  function forgetOthers(): void {
    const kept: Record<string, string> = Reflect.get(connection, "userHistory") ?? {};
    for (const ufrag of Object.keys(kept))
      if (!credentials.some((one) => one.ufrag === ufrag)) Reflect.deleteProperty(kept, ufrag);
  }

  /** Werift believes whoever sends to the socket, whether they know the password or not. @returns false where it has no such socket. */
  function guard(): boolean {
    const protocols: readonly { transport?: unknown }[] = Reflect.get(connection, "protocols") ?? [];
    const sockets = protocols.map(({ transport: udp }) => udp).filter((udp) => udp instanceof UdpTransport);
    for (const udp of sockets) {
      const { onData } = udp;
      udp.onData = (bytes, [host, from]) => {
        if (door.letsIn(bytes, host, from)) onData(bytes, [host, from]);
      };
      udp.socket.on("error", () => enter("failed"));
    }
    return sockets.length > 0;
  }

  function listen(): void {
    connection.onData.subscribe(takeRtcp);
    dtls.onRtp.subscribe(({ header, payload }) => {
      const { ssrc, payloadType, sequenceNumber, timestamp, marker } = header;
      on.rtp({ ssrc, payloadType, sequence: sequenceNumber, timestamp, marker, payload });
    });
  }

  /**
   * Past werift's own way, which makes three promises of a packet: there are hundreds a second for each viewer. The address is where
   * the peer's packets come from, and never a name.
   */
  function send(bytes: Buffer): void {
    const pair = connection.nominated;
    if (pair === undefined || !("transport" in pair.protocol)) return;
    const { transport } = pair.protocol;
    if (!(transport instanceof UdpTransport) || transport.closed) return;
    const [host, to] = pair.remoteAddr;
    sendDatagram(transport.socket, bytes, to, host);
  }

  transport.setRemoteParams({ iceLite: false, usernameFragment: remote.ufrag, password: remote.pwd });
  dtls.setRemoteParams(
    new RTCDtlsParameters(
      fingerprints.map(({ algorithm, value }) => new RTCDtlsFingerprint(algorithm, value)),
      "auto",
    ),
  );
  const gathered = await contained(gatherer.gather().then(() => true));
  credentials = [ownCredentials()];
  const bound = connection.localCandidates[0]?.port;
  if (gathered === null || !guard() || bound === undefined || own === undefined) {
    enter("failed");
    return null;
  }
  listen();
  void contained(connect());

  return {
    get ice() {
      return ownCredentials();
    },
    fingerprint: own,
    port: bound,
    get state() {
      return state;
    },
    sendRtp(header, payload, ssrc, sequence) {
      if (out !== null) send(out.encrypt(header, payload, ssrc, sequence));
    },
    sendRtcp(...packets) {
      if (out !== null) send(dtls.srtcp.encrypt(Buffer.concat(packets)));
    },
    async restart(next) {
      if (state === "failed" || state === "closed") return null;
      // The socket stays: gathering again must not open another one.
      connection.options.additionalHostAddresses = [];
      transport.restart();
      transport.setRemoteParams({ iceLite: false, usernameFragment: next.ufrag, password: next.pwd });
      if ((await contained(gatherer.gather().then(() => true))) === null) return null;
      if (out !== null) void contained(transport.start());
      heardAt = clock.now();
      const now = ownCredentials();
      credentials = [now, ...credentials].slice(0, 2);
      forgetOthers();
      return now;
    },
    tick(now) {
      if (state === "connecting" && now - openedAt >= limits.mediaHandshakeMs) enter("failed");
      else if (now - heardAt >= limits.mediaSilentFailedMs) enter("failed");
      else if (state === "connected" && now - heardAt >= limits.mediaSilentMs) enter("disconnected");
      else if (state === "disconnected" && now - heardAt < limits.mediaSilentMs) enter("connected");
    },
    close: () => enter("closed"),
  };
}
