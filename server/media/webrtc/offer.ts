import { type H264Choice, h264Of } from "./h264-format.ts";
import { type Kind } from "./packet.ts";
import { readSdp, type Sdp, type SdpMedia, valueOf, valuesOf } from "./sdp.ts";

/** What an offer of WHIP or WHEP comes down to. */
export type Offer = {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Who of the two begins the DTLS handshake (RFC 8842, 5.3). */
  readonly weAre: "server" | "client";
  /** The reply to every media line, in their order. */
  readonly lines: readonly OfferedLine[];
};
export type IceCredentials = { readonly ufrag: string; readonly pwd: string };
export type Fingerprint = { readonly algorithm: string; readonly value: string };
export type OfferedLine =
  | {
      readonly use: "none";
      readonly kind: string;
      readonly protocol: string;
      readonly format: string;
      readonly mid: string;
    }
  | UsedLine;
export type UsedLine = {
  readonly use: Kind;
  readonly mid: string;
  readonly payloadType: number;
  /** Its parameters, to be answered as they are. */
  readonly format: string | null;
  /** RFC 4588; null where the peer retransmits packets as they were. */
  readonly rtxType: number | null;
  /** 2 unless the peer said that its Opus is mono. */
  readonly channels: number;
  /** Numbers of RTP header extensions (RFC 8285) that are answered. */
  readonly extensions: readonly { readonly id: number; readonly uri: string }[];
  readonly captureTimeId: number | null;
  readonly roundTrips: boolean;
};

export type OfferProblem = { readonly kind: "malformed" | "unsupported"; readonly detail: string };
export type ReadOffer =
  | { readonly ok: true; readonly offer: Offer }
  | { readonly ok: false; readonly refusal: OfferProblem };

export const captureTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
const midUri = "urn:ietf:params:rtp-hdrext:sdes:mid";

/** @param theirs what the peer is there for: a publisher sends, a viewer receives. */
export function readOffer(text: string, theirs: "sends" | "receives"): ReadOffer {
  const sdp = readSdp(text);
  if (typeof sdp === "string") return malformed(sdp);
  if (sdp.media.length === 0) return malformed("The offer has no media: add audio or video to it.");
  const transport = readTransport(sdp);
  if (typeof transport === "string") return malformed(transport);
  const problem = bundleProblem(sdp);
  if (problem !== null) return unsupported(problem);
  const lines = sdp.media.map((media) => readLine(media, theirs));
  const chosen = onlyFirstOfEach(lines);
  if (!chosen.some((line) => line.use !== "none")) return unsupported(nothingUsable(sdp, theirs));
  const lacking = sdp.media.find((media) => media.kind === "video" && goes(media, theirs));
  if (lacking !== undefined && !chosen.some((line) => line.use === "video")) {
    return unsupported(nothingUsable({ ...sdp, media: [lacking] }, theirs));
  }
  return { ok: true, offer: { ...transport, lines: chosen } };
}

function readTransport(sdp: Sdp): Pick<Offer, "ice" | "fingerprints" | "weAre"> | string {
  const [first] = sdp.media;
  const own = first?.attributes ?? [];
  const ufrag = valueOf("ice-ufrag", own, sdp.attributes);
  const pwd = valueOf("ice-pwd", own, sdp.attributes);
  if (ufrag === null || pwd === null || !isIce({ ufrag, pwd })) {
    return "The offer must have a=ice-ufrag and a=ice-pwd (RFC 8839).";
  }
  const fingerprints = [...valuesOf("fingerprint", own), ...valuesOf("fingerprint", sdp.attributes)].flatMap(
    (value) => {
      const [, algorithm, digest] =
        /^([\w-]{1,16}) ((?:[0-9A-Fa-f]{2}:){15,63}[0-9A-Fa-f]{2})$/.exec(value) ?? [];
      return algorithm === undefined || digest === undefined ? [] : [{ algorithm, value: digest }];
    },
  );
  if (!fingerprints.some(({ algorithm }) => /^sha-(256|384|512)$/i.test(algorithm))) {
    return "The offer must have an a=fingerprint of its certificate by SHA-256 (RFC 8122).";
  }
  const setup = valueOf("setup", own, sdp.attributes) ?? "actpass";
  if (!["actpass", "active", "passive"].includes(setup)) return "a=setup must be actpass, active or passive.";
  return { ice: { ufrag, pwd }, fingerprints, weAre: setup === "passive" ? "client" : "server" };
}

/** RFC 8839, 5.4. */
export function isIce({ ufrag, pwd }: IceCredentials): boolean {
  return /^[A-Za-z0-9+/]{4,256}$/.test(ufrag) && /^[A-Za-z0-9+/]{22,256}$/.test(pwd);
}

/** RFC 9725, 4.4.1: everything over one transport. */
function bundleProblem(sdp: Sdp): string | null {
  if (sdp.media.length === 1) return null;
  const group = sdp.attributes.find((attribute) => attribute.startsWith("group:BUNDLE "));
  const mids = new Set(group?.split(" ").slice(1));
  const all = sdp.media.every(
    (media) => media.port === 0 || mids.has(valueOf("mid", media.attributes) ?? ""),
  );
  return all ? null : "Send all media over one transport: the offer needs a=group:BUNDLE with every a=mid.";
}

function goes({ attributes, port }: SdpMedia, theirs: "sends" | "receives"): boolean {
  if (attributes.includes("inactive")) return false;
  if (port === 0) return false;
  return !attributes.includes(theirs === "sends" ? "recvonly" : "sendonly");
}

function readLine(media: SdpMedia, theirs: "sends" | "receives"): OfferedLine {
  const { kind, protocol, attributes, formats } = media;
  const mid = /^[\w-]{1,16}$/.exec(valueOf("mid", attributes) ?? "")?.[0] ?? "0";
  const none: OfferedLine = { use: "none", kind, protocol, format: formats[0] ?? "0", mid };
  if ((kind !== "audio" && kind !== "video") || !goes(media, theirs)) return none;
  if (!/^UDP\/TLS\/RTP\/SAVPF?$/.test(protocol)) return none;
  const codec = kind === "video" ? h264Of(media) : opusOf(media);
  if (codec === null) return none;
  const extensions = readExtensions(attributes);
  return {
    use: kind,
    mid,
    ...codec,
    channels: 2,
    extensions,
    captureTimeId: extensions.find(({ uri }) => uri === captureTimeUri)?.id ?? null,
    roundTrips: attributes.some(
      (attribute) => attribute.startsWith("rtcp-xr:") && attribute.includes("rcvr-rtt"),
    ),
  };
}

function opusOf(media: SdpMedia): H264Choice | null {
  for (const value of valuesOf("rtpmap", media.attributes)) {
    const [, type] = /^(\d{1,3}) opus\/48000\/2$/i.exec(value) ?? [];
    if (type === undefined || Number(type) > 127) continue;
    return { payloadType: Number(type), format: null, rtxType: null };
  }
  return null;
}

function readExtensions(attributes: readonly string[]): UsedLine["extensions"] {
  return valuesOf("extmap", attributes).flatMap((value) => {
    const [, id, uri] = /^(\d{1,2})(?:\/\w+)? (\S{1,128})/.exec(value) ?? [];
    // One byte of a header extension has room for numbers to 14 (RFC 8285, 4.2).
    if (id === undefined || uri === undefined || Number(id) < 1 || Number(id) > 14) return [];
    return uri === midUri || uri === captureTimeUri ? [{ id: Number(id), uri }] : [];
  });
}

/** A broadcast has one picture and one sound. */
function onlyFirstOfEach(lines: readonly OfferedLine[]): readonly OfferedLine[] {
  const used = new Set<string>();
  return lines.map((line) => {
    if (line.use === "none") return line;
    if (used.has(line.use)) {
      return {
        use: "none",
        kind: line.use,
        protocol: "UDP/TLS/RTP/SAVPF",
        format: String(line.payloadType),
        mid: line.mid,
      };
    }
    used.add(line.use);
    return line;
  });
}

function nothingUsable(sdp: Sdp, theirs: "sends" | "receives"): string {
  const moving = sdp.media.filter((media) => goes(media, theirs));
  if (moving.length === 0) {
    return theirs === "sends"
      ? "The offer sends nothing: its media must be sendonly or sendrecv."
      : "The offer receives nothing: its media must be recvonly or sendrecv.";
  }
  const video = moving.find(({ kind }) => kind === "video");
  if (video === undefined) return "Choose Opus for the sound: the offer has no codec that can be passed on.";
  const offered = [
    ...new Set(valuesOf("rtpmap", video.attributes).map((value) => /^\d+ ([\w.-]{1,16})\//.exec(value)?.[1])),
  ]
    .filter((name): name is string => name !== undefined && !/^(rtx|red|ulpfec|flexfec-03)$/i.test(name))
    .slice(0, 8);
  const names = offered.length === 0 ? "no video codec" : offered.join(", ");
  return `Choose H.264 (profile baseline or main, packetization-mode=1) as the video codec: the offer has ${names}.`;
}

function malformed(detail: string): ReadOffer {
  return { ok: false, refusal: { kind: "malformed", detail } };
}

function unsupported(detail: string): ReadOffer {
  return { ok: false, refusal: { kind: "unsupported", detail } };
}
