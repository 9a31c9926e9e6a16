import type { IceCredentials, Offer, OfferedLine, UsedLine } from "./offer.ts";
import type { Kind } from "./packet.ts";

export type AnswerParts = {
  readonly offer: Offer;
  readonly weSend: boolean;
  readonly session: string;
  readonly ice: IceCredentials;
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
  readonly addresses: readonly string[];
  readonly port: number;
  /** Sources of what we send. */
  readonly sources: Readonly<Record<Kind, { readonly ssrc: number; readonly rtxSsrc: number }>>;
  readonly name: string;
  /** Which of the offered kinds there is; a viewer's line of another one stays without a stream. */
  has(kind: Kind): boolean;
};

/** The answer to an offer (RFC 8829, 5.3), with all candidates, so that nothing has to be trickled back. */
export function writeAnswer(parts: AnswerParts): string {
  const { offer, session } = parts;
  const bundled = offer.lines.filter((line) => line.use !== "none").map(({ mid }) => mid);
  const lines = [
    "v=0",
    `o=- ${session} 1 IN IP4 0.0.0.0`,
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${bundled.join(" ")}`,
    "a=extmap-allow-mixed",
    "a=ice-lite",
    ...(parts.weSend ? ["a=msid-semantic: WMS *"] : []),
  ];
  for (const line of offer.lines) lines.push(...section(line, parts, line.mid === bundled[0]));
  return `${lines.join("\r\n")}\r\n`;
}

function section(line: OfferedLine, parts: AnswerParts, first: boolean): readonly string[] {
  if (line.use === "none") {
    return [
      `m=${line.kind} 0 ${line.protocol} ${line.format}`,
      "c=IN IP4 0.0.0.0",
      "a=inactive",
      `a=mid:${line.mid}`,
    ];
  }
  const { fingerprint, ice, offer } = parts;
  const types = line.rtxType === null ? [line.payloadType] : [line.payloadType, line.rtxType];
  return [
    `m=${line.use} 9 UDP/TLS/RTP/SAVPF ${types.join(" ")}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${line.mid}`,
    `a=${directionOf(line, parts)}`,
    "a=rtcp-mux",
    "a=rtcp-rsize",
    ...(line.roundTrips ? ["a=rtcp-xr:rcvr-rtt=all"] : []),
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`,
    `a=setup:${offer.weAre === "server" ? "passive" : "active"}`,
    ...codecOf(line),
    ...line.extensions.map(({ id, uri }) => `a=extmap:${id} ${uri}`),
    ...(parts.weSend ? sourcesOf(line, parts) : []),
    ...(first ? candidates(parts) : []),
  ];
}

function directionOf({ use }: UsedLine, { weSend, has }: AnswerParts): string {
  if (!weSend) return "recvonly";
  return has(use) ? "sendonly" : "inactive";
}

function codecOf({ use, payloadType, format, rtxType }: UsedLine): readonly string[] {
  if (use === "audio") {
    return [
      `a=rtpmap:${payloadType} opus/48000/2`,
      `a=fmtp:${payloadType} minptime=10;useinbandfec=1;stereo=1`,
    ];
  }
  // No transport-wide feedback: without it publishers go by loss and by what they are told (REMB), which holds up better here.
  const feedback = ["goog-remb", "ccm fir", "nack", "nack pli"];
  return [
    `a=rtpmap:${payloadType} H264/90000`,
    ...feedback.map((what) => `a=rtcp-fb:${payloadType} ${what}`),
    ...(format === null ? [] : [`a=fmtp:${payloadType} ${format}`]),
    ...(rtxType === null ? [] : [`a=rtpmap:${rtxType} rtx/90000`, `a=fmtp:${rtxType} apt=${payloadType}`]),
  ];
}

/** One stream for both tracks, so that browsers keep them together. */
function sourcesOf({ use, rtxType }: UsedLine, { sources, name, has }: AnswerParts): readonly string[] {
  if (!has(use)) return [];
  const { ssrc, rtxSsrc } = sources[use];
  const msid = `a=msid:${name} ${use}`;
  if (rtxType === null) return [msid, `a=ssrc:${ssrc} cname:${name}`];
  return [
    msid,
    `a=ssrc-group:FID ${ssrc} ${rtxSsrc}`,
    `a=ssrc:${ssrc} cname:${name}`,
    `a=ssrc:${rtxSsrc} cname:${name}`,
  ];
}

/** Candidates of one socket under each address by which it can be reached (RFC 8839, 5.1). */
export function candidates({ addresses, port }: Pick<AnswerParts, "addresses" | "port">): readonly string[] {
  const lines = addresses.map((address, index) => {
    // Host candidates of one component: the type's preference, and by the order in which they are named (RFC 8445, 5.1.2.1).
    const priority = 126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255;
    return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ host`;
  });
  return [...lines, "a=end-of-candidates"];
}
