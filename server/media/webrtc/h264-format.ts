import { type SdpMedia, valuesOf } from "./sdp.ts";

/** What is taken of a media line: a payload type with its parameters, and the type of its retransmissions. */
export type H264Choice = {
  readonly payloadType: number;
  readonly format: string | null;
  readonly rtxType: number | null;
};

type Profile = "constrained-baseline" | "baseline" | "main" | "high";

/** What every receiver can decode comes first. High is what it falls back to where nothing else is offered. */
const order: readonly Profile[] = ["constrained-baseline", "baseline", "main", "high"];

/** The H.264 of a video line that suits everybody, with packetization-mode=1 (RFC 6184, 8.1); null if there is none. */
export function h264Of({ attributes }: SdpMedia): H264Choice | null {
  const formats = new Map(
    valuesOf("fmtp", attributes).flatMap((value) => {
      const [, type, rest] = /^(\d{1,3}) (\S.{0,500})$/.exec(value) ?? [];
      return type === undefined || rest === undefined ? [] : [[Number(type), rest] as const];
    }),
  );
  const candidates = valuesOf("rtpmap", attributes).flatMap((value) => {
    const [, type] = /^(\d{1,3}) H264\/90000$/i.exec(value) ?? [];
    const payloadType = Number(type);
    const format = formats.get(payloadType);
    if (type === undefined || payloadType > 127 || format === undefined) return [];
    if (!/(^|;)\s*packetization-mode=1\s*(;|$)/.test(format)) return [];
    const profile = profileOf(format);
    return profile === null ? [] : [{ payloadType, format, rank: order.indexOf(profile) }];
  });
  const [best] = candidates.toSorted((a, b) => a.rank - b.rank);
  if (best === undefined) return null;
  const { payloadType, format } = best;
  return { payloadType, format, rtxType: rtxOf(payloadType, attributes, formats) };
}

/** RFC 6184, 8.1, table 5. */
function profileOf(format: string): Profile | null {
  const [, idc, flags] =
    /(?:^|;)\s*profile-level-id=([0-9a-f]{2})([0-9a-f]{2})[0-9a-f]{2}\s*(?:;|$)/i.exec(format) ?? [];
  // Without the parameter it is baseline.
  if (idc === undefined || flags === undefined) return "baseline";
  const constrained = (Number.parseInt(flags, 16) & 0x40) !== 0;
  if (idc.toLowerCase() === "42") return constrained ? "constrained-baseline" : "baseline";
  if (idc.toLowerCase() === "4d") return "main";
  return idc === "64" ? "high" : null;
}

function rtxOf(
  payloadType: number,
  attributes: readonly string[],
  formats: ReadonlyMap<number, string>,
): number | null {
  for (const value of valuesOf("rtpmap", attributes)) {
    const [, type] = /^(\d{1,3}) rtx\/90000$/i.exec(value) ?? [];
    if (type === undefined || Number(type) > 127) continue;
    if (formats.get(Number(type))?.split(";")[0] === `apt=${payloadType}`) return Number(type);
  }
  return null;
}
