import { limits } from "@chorus/protocol/limits.ts";

/** A session description by its lines (RFC 8866), as little understood as possible. */
export type Sdp = {
  /** Attributes of the session: `a=` lines without the prefix. */
  readonly attributes: readonly string[];
  readonly media: readonly SdpMedia[];
};
export type SdpMedia = {
  readonly kind: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly attributes: readonly string[];
};

/** @returns the description, or a sentence that says what is wrong with the text. */
export function readSdp(text: string): Sdp | string {
  if (text.length > limits.mediaSdpBytesMax) return "The session description is too long.";
  const lines = text.split(/\r\n|\n/).filter((line) => line !== "");
  if (lines[0] !== "v=0") return "The body must be a session description, which begins with v=0.";
  const attributes: string[] = [];
  const media: (SdpMedia & { attributes: string[] })[] = [];
  for (const line of lines) {
    if (!/^[a-z]=/.test(line)) return "Each line of a session description must be a letter, = and a value.";
    if (line.startsWith("m=")) {
      const section = readMedia(line.slice(2));
      if (section === null) return "A media line must name its kind, port, protocol and formats.";
      if (media.push(section) > limits.mediaSdpSectionsMax)
        return "The session description has too many media lines.";
    } else if (line.startsWith("a=")) {
      (media.at(-1)?.attributes ?? attributes).push(line.slice(2));
    }
  }
  return { attributes, media };
}

function readMedia(value: string): (SdpMedia & { attributes: string[] }) | null {
  const [kind, port, protocol, ...formats] = value.split(" ");
  if (kind === undefined || port === undefined || protocol === undefined) return null;
  if (!/^[a-z]{1,16}$/.test(kind) || !/^\d{1,5}$/.test(port) || !/^[\w/]{1,32}$/.test(protocol)) return null;
  if (formats.length === 0 || !formats.every((format) => /^[\w-]{1,32}$/.test(format))) return null;
  return { kind, port: Number(port), protocol, formats, attributes: [] };
}

/** The value of the first `a=name:value`, of a section or else of the session. */
export function valueOf(name: string, ...lists: readonly (readonly string[])[]): string | null {
  for (const list of lists) {
    const found = list.find((attribute) => attribute.startsWith(`${name}:`));
    if (found !== undefined) return found.slice(name.length + 1);
  }
  return null;
}

export function valuesOf(name: string, list: readonly string[]): readonly string[] {
  return list
    .filter((attribute) => attribute.startsWith(`${name}:`))
    .map((attribute) => attribute.slice(name.length + 1));
}
