import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { entriesOf, type Segment } from "@chorus/core/delivery/segments.ts";
import type { Epoch, RoomId } from "@chorus/protocol/ids.ts";

/** A segment as it is sent: its bytes, and each coding of them, made when first asked for and once. */
export type SegmentFile = {
  readonly rev: number;
  as(coding: Coding): Promise<Uint8Array>;
};
export type Coding = "br" | "gzip" | "identity";

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
/** Beyond this brotli takes many times as long for a few bytes in a hundred. */
const brotliQuality = 5;

/** @param coded called once for each coding that is made, with its bytes. */
export function segmentFile(
  room: RoomId,
  epoch: Epoch,
  segment: Segment,
  coded: (coding: Coding, bytes: number) => void,
): SegmentFile {
  const bytes = bytesOf(room, epoch, segment);
  const known = new Map<Coding, Promise<Uint8Array>>();

  function as(coding: Coding): Promise<Uint8Array> {
    const made = known.get(coding) ?? encode(bytes, coding);
    if (!known.has(coding)) {
      known.set(coding, made);
      made.then(
        ({ length }) => coded(coding, length),
        () => known.delete(coding),
      );
    }
    return made;
  }

  return { rev: segment.rev, as };
}

function encode(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> {
  switch (coding) {
    case "br": {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
      const params = { [BROTLI_PARAM_QUALITY]: brotliQuality, [BROTLI_PARAM_SIZE_HINT]: bytes.length };
      return brotli(bytes, { params });
    }
    case "gzip":
      return gzipped(bytes);
    case "identity":
      return Promise.resolve(bytes);
  }
}

/** The entries' bytes go in as they are, as in every frame. */
function bytesOf(room: RoomId, epoch: Epoch, segment: Segment): Uint8Array {
  const { n, rev, from, to, shed } = segment;
  const entries = entriesOf(segment);
  const sampled = shed === 0 ? {} : { shed, s: entries.map(({ seq }) => seq) };
  const head = JSON.stringify({ t: "segment", room, epoch, n, rev, from, to, ...sampled });
  const parts: Uint8Array[] = [Buffer.from(`${head.slice(0, -1)},"e":[`)];
  for (const [i, { bytes }] of entries.entries()) {
    if (i > 0) parts.push(comma);
    parts.push(bytes);
  }
  return Buffer.concat([...parts, end]);
}

const comma = Buffer.from(",");
const end = Buffer.from("]}");
