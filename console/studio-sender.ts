import { gathered } from "@chorus/elements/player/gathered.ts";
/** What is sent: at most one picture and one sound. */
export type SendTracks = {
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
  /** The picture is a screen, whose letters matter more than how it moves. */
  readonly screen: boolean;
};

/** One connection that sends, before anybody has answered it. */
export type Sender = {
  readonly peer: RTCPeerConnection;
  /** With the candidates that were found in time. */
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  /** Other tracks of the same kinds, without a new connection. */
  replace(tracks: SendTracks): Promise<void>;
};

export type SenderOptions = {
  readonly iceServers: readonly RTCIceServer[];
  readonly tracks: SendTracks;
  readonly bitsPerSecondMax: number;
};

const soundBitsPerSecond = 96_000;

export function openSender({ iceServers, tracks, bitsPerSecondMax }: SenderOptions): Sender {
  const peer = new RTCPeerConnection({ iceServers: [...iceServers], bundlePolicy: "max-bundle" });
  const video = tracks.video === null ? null : transceive(peer, tracks.video, bitsPerSecondMax);
  const audio = tracks.audio === null ? null : transceive(peer, tracks.audio, soundBitsPerSecond);
  hint(tracks);
  if (video !== null) {
    preferH264(video);
    void degrade(video.sender, tracks.screen);
  }

  return {
    peer,
    async offer() {
      await peer.setLocalDescription();
      await gathered(peer);
      return peer.localDescription?.sdp ?? "";
    },
    accept: (sdp) => peer.setRemoteDescription({ type: "answer", sdp }),
    async replace(next) {
      hint(next);
      await Promise.all([
        video?.sender.replaceTrack(next.video),
        audio?.sender.replaceTrack(next.audio),
        video === null ? null : degrade(video.sender, next.screen),
      ]);
    },
  };
}

/** Whether this browser can send anything that the server takes as a picture. */
export function sendsH264(): boolean {
  if (typeof RTCRtpSender !== "function") return false;
  return h264().some(({ mimeType }) => mimeType.toLowerCase() === "video/h264");
}

function transceive(peer: RTCPeerConnection, track: MediaStreamTrack, maxBitrate: number): RTCRtpTransceiver {
  return peer.addTransceiver(track, { direction: "sendonly", sendEncodings: [{ maxBitrate }] });
}

/** The server passes on H.264 in packetization mode 1 and no other picture; an older Firefox cannot choose and offers it anyway. */
function preferH264(transceiver: RTCRtpTransceiver): void {
  const wanted = h264();
  if (wanted.length > 0 && "setCodecPreferences" in transceiver) transceiver.setCodecPreferences(wanted);
}

function h264(): RTCRtpCodec[] {
  const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
  return codecs.filter(
    ({ mimeType, sdpFmtpLine = "" }) =>
      /^video\/rtx$/i.test(mimeType) ||
      (/^video\/h264$/i.test(mimeType) && /packetization-mode=1/.test(sdpFmtpLine)),
  );
}

function hint({ video, screen }: SendTracks): void {
  if (video !== null && "contentHint" in video) video.contentHint = screen ? "detail" : "motion";
}

/** Where the line is narrow, a screen is shown slower and a person smaller. Browsers that do not know it go by themselves. */
async function degrade(sender: RTCRtpSender, screen: boolean): Promise<void> {
  const parameters: Degradable = sender.getParameters();
  parameters.degradationPreference = screen ? "maintain-resolution" : "maintain-framerate";
  await sender.setParameters(parameters).catch(() => {});
}

/** W3C mst-content-hint, section 5; not in TypeScript's library. */
type Degradable = RTCRtpSendParameters & { degradationPreference?: string };
