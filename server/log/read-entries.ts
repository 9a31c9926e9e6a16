import { inAudience } from "@chorus/core/record.ts";
import type { Audience, IndexItem, RoomRecord } from "@chorus/core/record.ts";
import { seq } from "@chorus/protocol/ids.ts";
import type { Seq, Time } from "@chorus/protocol/ids.ts";
import type { MessageAt, ReadEntry, ReadQuery } from "./log.ts";

/** What reading needs of a record. `from` and `to` are the seqs of the audience that reads. */
export type ReadableRecord = { at: Time; from: Seq; to: Seq; index: readonly IndexItem[]; bytes: Uint8Array };

/** What stands in place of an entry for all but staff; null when nothing does. */
export type ReplacementOf = (item: IndexItem, original: Uint8Array) => Uint8Array | null;

/**
 * One page out of records that come in reading order: rising, or falling when `newest` is set. Records are pulled one
 * by one and no further than the page reaches, so a store may produce them lazily.
 *
 * The first entry of the audience always gets in, however large, so that whoever reads on from the last seq makes
 * progress. Entries for one person have a count of their own for the same reason; what stands at the edge of a page
 * may come again with the next page and is told apart by its id.
 */
export function readEntries(
  records: Iterable<ReadableRecord>,
  query: ReadQuery,
  replacementOf: ReplacementOf,
): ReadEntry[] {
  const page: Page = { entries: [], shared: 0, own: 0, bytes: 0 };
  for (const record of records) {
    if (isBeyond(record, query) || !readRecord(page, record, query, replacementOf)) break;
  }
  return query.newest ? page.entries.toReversed() : page.entries;
}

/** Which records a store looks for, in which direction. */
export type RecordsQuery = Range & Pick<ReadQuery, "newest">;

export function recordsAt({ audience, seq }: MessageAt): RecordsQuery {
  return { audience, from: seq, to: seq, newest: false, person: null };
}

/** The bytes of a message as they were written, if it stands in the first of the records. */
export function messageAt(records: Iterable<ReadableRecord>, at: MessageAt): Uint8Array | null {
  for (const record of records) {
    const places = placesOf(record, recordsAt(at));
    const place = places.find(({ item }) => item.k === "message" && item.id === at.id);
    return place === undefined ? null : record.bytes.subarray(place.start, place.start + place.item.bytes);
  }
  return null;
}

export function readable(record: RoomRecord, audience: Audience): ReadableRecord {
  return audience === "public"
    ? { ...record, from: record.publicFrom, to: record.publicTo }
    : { ...record, from: record.staffFrom, to: record.staffTo };
}

/**
 * The lowest seq whose record a reader may need. An entry for one person stands between two of the audience and
 * belongs to the ranges of both, so it is looked for one seq before the range.
 */
export function lowestNeeded(query: Pick<Range, "from" | "person">): number {
  return query.person === null ? query.from : query.from - 1;
}

type Range = Pick<ReadQuery, "audience" | "from" | "to" | "person">;
/** `shared` counts the audience's entries, `own` those for the person alone. */
type Page = { entries: ReadEntry[]; shared: number; own: number; bytes: number };
type Place = { seq: Seq; item: IndexItem; start: number };

function isBeyond(record: ReadableRecord, query: ReadQuery): boolean {
  if (query.newest) return record.to < lowestNeeded(query);
  return record.from > (query.person === null ? query.to : query.to + 1);
}

/** False when the page is full. */
function readRecord(
  page: Page,
  record: ReadableRecord,
  query: ReadQuery,
  replacementOf: ReplacementOf,
): boolean {
  const places = placesOf(record, query);
  if (query.newest) places.reverse();
  for (const place of places) {
    const entry = entryAt(record, place, query.audience === "public" ? replacementOf : null);
    const verdict = verdictOn(entry, page, query);
    if (verdict === "full") return false;
    if (verdict === "take") add(page, entry);
  }
  return true;
}

function placesOf(record: ReadableRecord, query: Range): Place[] {
  const places: Place[] = [];
  let at = record.from - 1;
  let start = 0;
  for (const item of record.index) {
    if (inAudience(item.scope, query.audience)) {
      at += 1;
      if (at >= query.from && at <= query.to) places.push({ seq: seq(at), item, start });
    } else if (item.scope === "person" && query.person !== null && item.person === query.person) {
      if (at >= lowestNeeded(query) && at <= query.to) places.push({ seq: seq(at), item, start });
    }
    start += item.bytes + 1;
  }
  return places;
}

function entryAt(record: ReadableRecord, place: Place, replacementOf: ReplacementOf | null): ReadEntry {
  const { seq, item, start } = place;
  const original = record.bytes.subarray(start, start + item.bytes);
  const replacement = replacementOf?.(item, original) ?? null;
  if (replacement === null) return { seq, at: record.at, item, bytes: original, original: false };
  const replaced = { ...item, bytes: replacement.length, quote: null };
  return { seq, at: record.at, item: replaced, bytes: replacement, original: true };
}

function verdictOn(entry: ReadEntry, page: Page, query: ReadQuery): "take" | "skip" | "full" {
  const own = entry.item.scope === "person";
  const counted = (own ? page.own : page.shared) < query.entriesMax;
  const first = !own && page.shared === 0;
  if (counted && (first || page.bytes + entry.bytes.length <= query.bytesMax)) return "take";
  return own && page.shared === 0 ? "skip" : "full";
}

function add(page: Page, entry: ReadEntry): void {
  page.entries.push(entry);
  page.bytes += entry.bytes.length;
  if (entry.item.scope === "person") page.own += 1;
  else page.shared += 1;
}
