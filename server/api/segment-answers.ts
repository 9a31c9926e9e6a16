import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { EntrySchema } from "@chorus/protocol/entries.ts";
import { EpochSchema, RoomIdSchema, SeqSchema, TimeSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Live } from "@chorus/protocol/polled.ts";
import { Type } from "typebox";
import type { Coding, SegmentFile } from "../segments/segment-file.ts";
import { accepts } from "./content-coding.ts";
import { problem } from "./problem.ts";
import type { Handled } from "./route.ts";
import { forAnyPage } from "./security-headers.ts";

/** What is answered to those who poll: headers that tell caches what to keep, and for how long. */
const number = Type.String({ pattern: "^[0-9]{1,15}$" });
const slot = { epoch: EpochSchema, n: number, rev: number };
const signed = { prefix: Type.String({ maxLength: 64 }) };
export const SegmentPathSchema = Type.Object({ room: RoomIdSchema, ...slot });
export const SignedRoomPathSchema = Type.Object({ room: RoomIdSchema, ...signed });
export const SignedSegmentPathSchema = Type.Object({ room: RoomIdSchema, ...slot, ...signed });

export const PrefixSchema = Type.Object({
  prefix: Type.String({ description: "Stands before /live and /segments" }),
  expires: Type.Union([TimeSchema, Type.Null()], {
    description: "Ask again before then; null for a room that guests may read",
  }),
});

export const InboxQuerySchema = Type.Object(
  { after: Type.Optional(SeqSchema) },
  { additionalProperties: false },
);
export const InboxSchema = Type.Object({
  room: RoomIdSchema,
  epoch: EpochSchema,
  seq: Type.With(SeqSchema, { description: "What to ask for with after next time" }),
  whole: Type.Boolean({ description: "Whether everything since after is here; the rest is in the history" }),
  e: Type.Array(EntrySchema, { description: "Entries for the asker alone, told apart by id" }),
});

const retryMs = 1_000;
export const notHere = problem("unavailable", "The room is not here yet: try again shortly.", {
  limit: "feedWithinMs",
  retryMs,
});
export const tooManyRooms = problem(
  "unavailable",
  "This gateway follows too many rooms: try again shortly.",
  {
    retryMs,
  },
);
/** After a removal a crowd asks for what is gone: caches may say so for a moment. */
export const segmentGone = problem(
  "not-found",
  "Ask for live again: this segment has another revision by now, or is no longer kept.",
  { headers: { "cache-control": "public, max-age=1" } },
);
export const segmentLate = problem("unavailable", "This revision is not here yet: try again shortly.", {
  limit: "segmentWithinMs",
  retryMs,
});
/** It will never be good again, so caches may remember it. */
export const prefixEnded = problem(
  "forbidden",
  "Ask for a new prefix at /v1/rooms/ROOM/segments-prefix: this one has ended, or is not for this room.",
  { headers: { "cache-control": "public, max-age=30" } },
);
export const membersOnly = problem(
  "unauthorised",
  "Ask with a token at /v1/rooms/ROOM/segments-prefix where to read: guests may not read this room.",
  { headers: { "www-authenticate": 'Bearer realm="chorus"' } },
);

/** Bytes with their headers, or a problem. */
export type Ready = Handled<never>;

/** Anybody who can ask may show it: no answer here depends on who asks. */
const shared = { vary: "Accept-Encoding", "access-control-allow-origin": "*", ...forAnyPage };
const json = "application/json; charset=utf-8";
const seconds = (ms: number) => Math.floor(ms / 1_000);

/** A browser asks each time, a shared cache keeps it for a moment. */
export function liveAnswer(live: Live, asked: IncomingHttpHeaders): Ready {
  const bytes = Buffer.from(JSON.stringify(live));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  const keep = `public, max-age=0, s-maxage=${seconds(limits.segmentLiveAgeMs)}`;
  const headers = { etag, "cache-control": keep, ...shared };
  if (asked["if-none-match"]?.includes(etag) === true) return { status: 304, bytes: null, headers };
  return { status: 200, bytes, headers: { ...headers, "content-type": json } };
}

export async function segmentAnswer(
  file: SegmentFile | "gone" | "late",
  asked: IncomingHttpHeaders,
): Promise<Ready> {
  if (file === "gone") return segmentGone;
  if (file === "late") return segmentLate;
  const coding = codingFor(asked);
  const encoding = coding === "identity" ? {} : { "content-encoding": coding };
  const keep = `public, max-age=${seconds(limits.segmentAgeMs)}, immutable`;
  const headers = { "content-type": json, "cache-control": keep, ...encoding, ...shared };
  return { status: 200, bytes: await file.as(coding), headers };
}

/** For a cache that asks whether a prefix is good: it may remember the answer until shortly before the prefix ends. */
export function prefixAnswer(expires: number, now: number): Ready {
  const age = Math.min(prefixCheckAge, seconds(expires - now) - 1);
  const keep = age > 0 ? `public, max-age=${age}` : "no-store";
  return { status: 204, bytes: null, headers: { "cache-control": keep } };
}
const prefixCheckAge = 30;

function codingFor(asked: IncomingHttpHeaders): Coding {
  if (accepts(asked, "br")) return "br";
  return accepts(asked, "gzip") ? "gzip" : "identity";
}
