import {
  type MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useFIR,
  useNACK,
  useOPUS,
  usePLI,
  useREMB,
} from "werift";

/** Peers of the benchmark: handshakes are werift's own, which is a full ICE agent and a DTLS client. */
export const payloadTypes = { video: 108, resent: 109, audio: 111 } as const;
const connectWithinMs = 15_000;
const addressesOfPeers = 40;

const codecs = {
  video: [
    new RTCRtpCodecParameters({
      mimeType: "video/H264",
      clockRate: 90_000,
      payloadType: payloadTypes.video,
      rtcpFeedback: [useNACK(), usePLI(), useFIR(), useREMB()],
      parameters: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    }),
    new RTCRtpCodecParameters({
      mimeType: "video/rtx",
      clockRate: 90_000,
      payloadType: payloadTypes.resent,
      parameters: `apt=${payloadTypes.video}`,
    }),
  ],
  audio: [useOPUS({ payloadType: payloadTypes.audio })],
};

export type Signal = {
  readonly url: string;
  readonly authorization: string | null;
  /** Of many. The server lets an address have so many connections: each number is of another one, by the header of a proxy that it trusts. */
  readonly number: number;
};

/** Sends the tracks; without any it receives. */
export async function openPeer(
  { url, authorization, number }: Signal,
  tracks: readonly MediaStreamTrack[] = [],
): Promise<RTCPeerConnection> {
  const peer = new RTCPeerConnection({
    codecs,
    iceAdditionalHostAddresses: ["127.0.0.1"],
    iceUseIpv6: false,
    iceServers: [],
    bundlePolicy: "max-bundle",
  });
  for (const kind of ["audio", "video"] as const) {
    const track = tracks.find((one) => one.kind === kind);
    if (track === undefined) peer.addTransceiver(kind, { direction: "recvonly" });
    else peer.addTransceiver(track, { direction: "sendonly" });
  }
  const connected = peer.connectionStateChange.watch((state) => state === "connected", connectWithinMs);
  await peer.setLocalDescription(await peer.createOffer());
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/sdp",
      "x-forwarded-for": `198.51.100.${1 + (number % addressesOfPeers)}`,
      ...(authorization === null ? {} : { authorization }),
    },
    body: peer.localDescription?.sdp ?? "",
  });
  const sdp = await answer.text();
  if (!answer.ok) throw new Error(`Peer ${number} was refused: ${sdp}`);
  await peer.setRemoteDescription({ type: "answer", sdp });
  await connected;
  return peer;
}
