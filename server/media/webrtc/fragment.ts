import { limits } from "@chorus/protocol/limits.ts";
import { candidates } from "./answer.ts";
import { type IceCredentials, isIce } from "./offer.ts";

/** What a client trickles: `application/trickle-ice-sdpfrag` (RFC 8840, 9; RFC 9725, 4.3). */
export type Fragment = { readonly ice: IceCredentials; readonly mid: string; readonly candidates: number };

/** @returns the fragment, or a sentence that says what is wrong with it. */
export function readFragment(text: string): Fragment | string {
  if (text.length > limits.mediaFragmentBytesMax) return "The fragment is too long.";
  const lines = text.split(/\r\n|\n/).filter((line) => line !== "");
  if (lines.length === 0) return "The fragment is empty.";
  if (!lines.every((line) => /^[am]=/.test(line)))
    return "A fragment has only lines of a= and m= (RFC 8840, 9.2).";
  const ufrag = lines.find((line) => line.startsWith("a=ice-ufrag:"))?.slice(12);
  const pwd = lines.find((line) => line.startsWith("a=ice-pwd:"))?.slice(10);
  if (ufrag === undefined || pwd === undefined || !isIce({ ufrag, pwd })) {
    return "The fragment must have the a=ice-ufrag and a=ice-pwd of its session.";
  }
  const mid = lines.find((line) => /^a=mid:[\w-]{1,16}$/.test(line))?.slice(6) ?? "0";
  const count = lines.filter((line) => line.startsWith("a=candidate:")).length;
  if (count > limits.mediaCandidatesMax) return "The fragment has too many candidates.";
  return { ice: { ufrag, pwd }, mid, candidates: count };
}

/** Answers an ICE restart (RFC 9725, 4.3.2): the new credentials with all candidates. */
export function writeFragment(
  ice: IceCredentials,
  mid: string,
  at: { readonly addresses: readonly string[]; readonly port: number },
): string {
  const lines = [
    "a=ice-lite",
    "a=ice-options:trickle ice2",
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    `a=mid:${mid}`,
    ...candidates(at),
  ];
  return `${lines.join("\r\n")}\r\n`;
}
