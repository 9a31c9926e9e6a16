/** Offers as Chromium 156 writes them, without the codecs that say nothing more. */
export type OfferParts = {
  readonly direction?: "sendonly" | "recvonly";
  readonly audio?: boolean;
  readonly video?: readonly string[] | null;
  readonly more?: readonly string[];
};

export const h264 = [
  "a=rtpmap:108 H264/90000",
  "a=rtcp-fb:108 goog-remb",
  "a=rtcp-fb:108 transport-cc",
  "a=rtcp-fb:108 nack",
  "a=rtcp-fb:108 nack pli",
  "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  "a=rtpmap:109 rtx/90000",
  "a=fmtp:109 apt=108",
];
export const vp8 = [
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 transport-cc",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
];
export const vp9 = ["a=rtpmap:98 VP9/90000", "a=fmtp:98 profile-id=0"];

const digest = Array.from({ length: 32 }, (_, index) => (index + 160).toString(16).toUpperCase()).join(":");

export function anOffer({
  direction = "sendonly",
  audio = true,
  video = [...vp8, ...h264],
  more = [],
}: OfferParts = {}): string {
  const transport = [
    "c=IN IP4 0.0.0.0",
    "a=rtcp:9 IN IP4 0.0.0.0",
    "a=ice-ufrag:rIA3",
    "a=ice-pwd:B14o2XYEZ4Zf6Q/kugU40sFQ",
    "a=ice-options:trickle",
    `a=fingerprint:sha-256 ${digest}`,
    "a=setup:actpass",
    `a=${direction}`,
    "a=rtcp-mux",
    "a=rtcp-rsize",
    "a=rtcp-xr:rcvr-rtt=all",
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
  ];
  const sound = audio
    ? [
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0",
        ...transport,
        "a=mid:0",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:63 red/48000/2",
      ]
    : [];
  const picture =
    video === null ? [] : ["m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 108 109", ...transport, "a=mid:1", ...video];
  const mids = [...(audio ? ["0"] : []), ...(video === null ? [] : ["1"])];
  const lines = [
    "v=0",
    "o=- 2213193795320404291 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    "a=extmap-allow-mixed",
    "a=msid-semantic: WMS",
    ...sound,
    ...picture,
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n`;
}
