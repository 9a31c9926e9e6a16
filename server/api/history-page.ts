import { type RoomId, seq, type Seq, SeqSchema, type Time, TimeSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Static, Type } from "typebox";
import type { Gateway } from "../gateway/state.ts";
import type { Outcome, ReadEntry, ReadResult } from "../log/log.ts";
import { apiLimits } from "./api-limits.ts";
import { jsonHeaders } from "./http-app.ts";
import type { Reader } from "./identify.ts";
import { type Problem, problem } from "./problem.ts";
import { noSuchRoom, unreadable } from "./room-answers.ts";

const defaultPage = 50;
const endOfTime = seq(Number.MAX_SAFE_INTEGER);

export const HistoryQuerySchema = Type.Object(
  {
    before: Type.Optional(Type.With(SeqSchema, { description: "The page that ends before this entry" })),
    after: Type.Optional(Type.With(SeqSchema, { description: "The page that begins behind this entry" })),
    at: Type.Optional(
      Type.With(TimeSchema, { description: "The page that ends with what was last said by then" }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: limits.historyEntriesMax, default: defaultPage }),
    ),
  },
  { additionalProperties: false },
);

/** Which page of a room's history. */
export type HistoryPlace = { readonly before: Seq } | { readonly after: Seq } | { readonly at: Time };

/** @returns null where the query names several. Without any it is the newest page. */
export function placeIn({ before, after, at }: Static<typeof HistoryQuerySchema>): HistoryPlace | null {
  const places: HistoryPlace[] = [];
  if (before !== undefined) places.push({ before });
  if (after !== undefined) places.push({ after });
  if (at !== undefined) places.push({ at });
  const [place = { before: endOfTime }, ...more] = places;
  return more.length > 0 ? null : place;
}

export const twoPlaces: Problem = problem("malformed", "Send before, after or at, and only one of them.");

type Readers = Reader & { readonly room: RoomId };
type Read = Outcome<ReadResult | "no-such-room">;

export async function historyPage(
  gateway: Gateway,
  of: Readers,
  place: HistoryPlace,
  entriesMax: number = defaultPage,
): Promise<Problem | { status: number; bytes: Uint8Array; headers: typeof jsonHeaders }> {
  const outcome = await readPage(gateway, of, place, entriesMax);
  if (!outcome.ok) {
    gateway.observe.logFailed?.(of.room, outcome.failure.message);
    return unreadable;
  }
  if (outcome.value === "no-such-room") return noSuchRoom;
  const { head, oldest, entries } = outcome.value;
  const start = JSON.stringify({ room: of.room, epoch: head.epoch, oldest }).slice(0, -1);
  const parts = [Buffer.from(`${start},"entries":[`), ...entries.flatMap(numbered), Buffer.from("]}")];
  return { status: 200, bytes: Buffer.concat(parts), headers: jsonHeaders };
}

async function readPage(gateway: Gateway, of: Readers, place: HistoryPlace, most: number): Promise<Read> {
  if ("after" in place) return read(gateway, of, { from: seq(place.after + 1), newest: false }, most);
  if ("before" in place) return read(gateway, of, upTo(place.before - 1), most);
  const last = await lastBy(gateway, of, place.at);
  return typeof last === "number" ? read(gateway, of, upTo(last), most) : last;
}

/**
 * The seq of what was last said by a moment: time never goes back in a room, so it is found by halves, some twenty short reads for a
 * million entries.
 *
 * @returns what was read instead, where it could not be.
 */
async function lastBy(gateway: Gateway, of: Readers, at: Time): Promise<number | Read> {
  let [low, high] = [0, Number.MAX_SAFE_INTEGER];
  for (let middle = high; low < high; middle = Math.ceil((low + high) / 2)) {
    const found = await read(gateway, of, upTo(middle), 1);
    if (!found.ok || found.value === "no-such-room") return found;
    const [entry] = found.value.entries;
    if (entry === undefined) return 0;
    if (entry.at <= at) low = middle;
    else high = entry.seq - 1;
    low = Math.max(low, Math.min(high, found.value.oldest - 1));
  }
  return low;
}

type Range = { readonly from?: Seq; readonly to?: Seq; readonly newest: boolean };

function upTo(last: number): Range {
  return { to: seq(Math.max(0, last)), newest: true };
}

function read(
  gateway: Gateway,
  { room, audience, person }: Readers,
  range: Range,
  most: number,
): Promise<Read> {
  const { from = seq(1), to = endOfTime, newest } = range;
  const bounds = { newest, entriesMax: most, bytesMax: apiLimits.historyBytesMax };
  return new Promise((done) => {
    gateway.log.read(room, { audience, from, to, ...bounds, person: person?.id ?? null }, done);
  });
}

/** An entry is an object with fields, so its seq goes in behind the brace and nothing is encoded again. */
function numbered({ seq, bytes }: ReadEntry, index: number): Uint8Array[] {
  return [Buffer.from(`${index === 0 ? "" : ","}{"seq":${seq},`), bytes.subarray(1)];
}
