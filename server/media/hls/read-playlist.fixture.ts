/** A media playlist as a player reads it. Durations are seconds, times Unix ms. */
export type Playlist = {
  readonly version: number;
  readonly target: number | null;
  readonly partTarget: number | null;
  readonly type: "EVENT" | "VOD" | null;
  readonly sequence: number;
  readonly discontinuitySequence: number;
  readonly control: Attributes | null;
  readonly skipped: number;
  /** Without those that were skipped. */
  readonly segments: readonly ListedSegment[];
  /** Of the segment that is not whole yet. */
  readonly open: readonly ListedPart[];
  readonly hints: readonly Attributes[];
  readonly reports: readonly Attributes[];
  readonly ended: boolean;
  readonly tags: readonly Tag[];
};

export type ListedSegment = {
  readonly msn: number;
  readonly uri: string;
  readonly duration: number;
  readonly discontinuity: boolean;
  /** How many discontinuities were before its first sample, its own with them. */
  readonly discontinuities: number;
  /** Of its init segment; null where none has been named, or it was skipped. */
  readonly map: string | null;
  readonly at: number | null;
  readonly parts: readonly ListedPart[];
};

export type ListedPart = { readonly uri: string; readonly duration: number; readonly independent: boolean };
export type Attributes = ReadonlyMap<string, string>;
export type Tag = { readonly name: string; readonly value: string; readonly line: number };

const attributePattern = /([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)/gy;

/** `NAME=value,NAME="value"` (RFC 8216bis, 4.2); null where it is not of this form or has a name twice. */
export function attributesIn(text: string): Attributes | null {
  const found = new Map<string, string>();
  let length = 0;
  for (const [all, name = "", value = ""] of text.matchAll(attributePattern)) {
    if (found.has(name)) return null;
    found.set(name, value.replaceAll('"', ""));
    length += all.length;
  }
  return length === text.length && !text.endsWith(",") ? found : null;
}

/** What is not there is read as it is to be taken; what is wrong is for the checker to say. */
export function readPlaylist(text: string): Playlist {
  const lines = text.split("\n");
  const tags: Tag[] = [];
  const segments: ListedSegment[] = [];
  let parts: ListedPart[] = [];
  let duration = 0;
  let discontinuity = false;
  let discontinuities: number | null = null;
  let map: string | null = null;
  let at: number | null = null;
  lines.forEach((row, index) => {
    if (row === "") return;
    if (!row.startsWith("#")) return listed(row);
    const [, name = "", value = ""] = /^#([A-Z0-9-]+)(?::(.*))?$/.exec(row) ?? [];
    if (name === "") return;
    tags.push({ name, value, line: index + 1 });
    if (name === "EXTINF") duration = Number.parseFloat(value);
    if (name === "EXT-X-DISCONTINUITY") discontinuity = true;
    if (name === "EXT-X-MAP") map = attributesIn(value)?.get("URI") ?? "";
    if (name === "EXT-X-PROGRAM-DATE-TIME") at = Date.parse(value);
    if (name === "EXT-X-PART") parts.push(partIn(attributesIn(value)));
  });

  function listed(uri: string): void {
    discontinuities ??= integerOf("EXT-X-DISCONTINUITY-SEQUENCE") ?? 0;
    if (discontinuity) discontinuities += 1;
    const msn = (integerOf("EXT-X-MEDIA-SEQUENCE") ?? 0) + skippedIn() + segments.length;
    segments.push({ msn, uri, duration, discontinuity, discontinuities, map, at, parts });
    parts = [];
    at = null;
    discontinuity = false;
  }
  function valueOf(name: string): string | null {
    return tags.find((tag) => tag.name === name)?.value ?? null;
  }
  function integerOf(name: string): number | null {
    const value = valueOf(name);
    return value !== null && /^\d+$/.test(value) ? Number(value) : null;
  }
  function skippedIn(): number {
    return Number(attributesIn(valueOf("EXT-X-SKIP") ?? "")?.get("SKIPPED-SEGMENTS") ?? 0);
  }
  function all(name: string): readonly Attributes[] {
    return tags.flatMap((tag) => (tag.name === name ? [attributesIn(tag.value) ?? new Map()] : []));
  }

  const type = valueOf("EXT-X-PLAYLIST-TYPE");
  return {
    version: integerOf("EXT-X-VERSION") ?? 1,
    target: integerOf("EXT-X-TARGETDURATION"),
    partTarget: numberIn(all("EXT-X-PART-INF")[0], "PART-TARGET"),
    type: type === "EVENT" || type === "VOD" ? type : null,
    sequence: integerOf("EXT-X-MEDIA-SEQUENCE") ?? 0,
    discontinuitySequence: integerOf("EXT-X-DISCONTINUITY-SEQUENCE") ?? 0,
    control: all("EXT-X-SERVER-CONTROL")[0] ?? null,
    skipped: skippedIn(),
    segments,
    open: parts,
    hints: all("EXT-X-PRELOAD-HINT"),
    reports: all("EXT-X-RENDITION-REPORT"),
    ended: valueOf("EXT-X-ENDLIST") !== null,
    tags,
  };
}

export function numberIn(attributes: Attributes | null | undefined, name: string): number | null {
  const value = attributes?.get(name);
  return value === undefined ? null : Number(value);
}

function partIn(attributes: Attributes | null): ListedPart {
  return {
    uri: attributes?.get("URI") ?? "",
    duration: Number(attributes?.get("DURATION") ?? Number.NaN),
    independent: attributes?.get("INDEPENDENT") === "YES",
  };
}
