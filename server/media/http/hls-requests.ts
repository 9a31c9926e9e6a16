import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type RoomId, roomId, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { problem, sendProblem } from "../../api/problem.ts";
import { type Clock, every } from "../../clock.ts";
import type { Directives } from "../hls/edge.ts";
import type { FileReply } from "../hls/file-reply.ts";
import type { Origin } from "../hls/origin.ts";
import { send } from "./raw-answer.ts";
import type { Entitlement, PlaybackPrefixes } from "./playback-prefix.ts";

export type HlsRequests = {
  /** True when it is one of these, and has been or will be answered. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** How many connections have asked for a room's playlists lately. A cache in front is one. */
  viewers(room: RoomId): number;
  /** Of all rooms. */
  connections(): number;
  close(): void;
};

const address =
  /^\/v1\/signed\/(?<prefix>[\w.-]{1,96})\/rooms\/(?<room>[a-z0-9][a-z0-9._-]{0,63})\/hls\/(?<path>[\w./-]{1,64})(?:\?(?<query>.{0,256}))?$/;
const viewerMs = 15_000;

/**
 * A broadcast's files, asked for several times a second by each viewer: so they are answered before all that other requests pass.
 * The signed prefix is all the asker needs, and pages of every origin may read what lies behind it.
 */
export function createHlsRequests(options: {
  clock: Clock;
  prefixes: PlaybackPrefixes;
  origin(room: RoomId): Origin | null;
  poster(room: RoomId, name: string): Uint8Array | null;
  /** A bound of this name was reached. */
  reached(limit: "mediaFilesPerSocketMax"): void;
}): HlsRequests {
  const { clock, prefixes, origin } = options;
  const allowed = new Map<string, { entitlement: Entitlement; expires: Time }>();
  const asking = new Map<RoomId, Map<Socket, Time>>();
  const unread = new WeakMap<Socket, number>();
  const stop = every(clock, viewerMs, forget);

  function handle(request: IncomingMessage, response: ServerResponse): boolean {
    const found = address.exec(request.url ?? "")?.groups;
    if (found === undefined) return false;
    const { prefix = "", room: name = "", path = "", query } = found;
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    if (!takesOn(request.socket, response)) return true;
    const room = roomId(name);
    const entitlement = entitlementOf(prefix, room);
    if (entitlement === null) return refuse(response, 403, prefixEnded);
    const broadcast = origin(room);
    if (broadcast === null) return refuse(response, 404, nothingShown);
    if (path.endsWith(".jpg")) return picture(request, response, options.poster(room, path));
    if (path.endsWith("8")) note(room, request.socket);
    const asked = query === undefined ? none : directivesIn(query);
    const gzip = request.headers["accept-encoding"]?.includes("gzip") === true;
    const callOff = broadcast.answer(path, asked, entitlement === "low", (reply) => {
      write(request, response, reply, gzip);
    });
    /* Of what was answered there is nothing to call off. */
    if (!response.writableEnded) response.once("close", callOff);
    return true;
  }

  /** Each file stands in memory until it is read: who asks for many at once on one connection, and reads none, is cut off. */
  function takesOn(socket: Socket, response: ServerResponse): boolean {
    const count = (unread.get(socket) ?? 0) + 1;
    if (count > limits.mediaFilesPerSocketMax) {
      if (!socket.destroyed) options.reached("mediaFilesPerSocketMax");
      socket.destroy();
      return false;
    }
    unread.set(socket, count);
    response.once("close", () => unread.set(socket, (unread.get(socket) ?? 1) - 1));
    return true;
  }

  function entitlementOf(prefix: string, room: RoomId): Entitlement | null {
    const key = `${room} ${prefix}`;
    const known = allowed.get(key) ?? prefixes.check(prefix, room, clock.now());
    if (known === null || known.expires <= clock.now()) {
      allowed.delete(key);
      return null;
    }
    if (allowed.size < allowedMax) allowed.set(key, known);
    return known.entitlement;
  }

  function note(room: RoomId, socket: Socket): void {
    const those = asking.get(room) ?? new Map<Socket, Time>();
    asking.set(room, those.set(socket, clock.now()));
  }

  function forget(): void {
    const now = clock.now();
    for (const [key, { expires }] of allowed) if (expires <= now) allowed.delete(key);
    for (const [room, those] of asking) {
      for (const [socket, at] of those) if (now - at > viewerMs || socket.destroyed) those.delete(socket);
      if (those.size === 0) asking.delete(room);
    }
  }

  return {
    handle,
    viewers: (room) => asking.get(room)?.size ?? 0,
    connections: () => [...asking.values()].reduce((sum, { size }) => sum + size, 0),
    close: stop,
  };
}

const allowedMax = 10_000;
const none: Directives = { msn: null, part: null, skip: false };
const prefixEnded = "The address has ended or is not of this room: ask for the broadcast again.";
const nothingShown = "Nothing is shown in this room now: ask for its broadcast.";
const refusedHeaders = { "access-control-allow-origin": "*" };

function refuse(response: ServerResponse, status: number, sentence: string): true {
  const name =
    status === 403
      ? "forbidden"
      : status === 400
        ? "malformed"
        : status === 404
          ? "not-found"
          : "unavailable";
  const more = name === "unavailable" ? { retryMs: 1_000 } : {};
  for (const [header, value] of Object.entries(refusedHeaders)) response.setHeader(header, value);
  sendProblem(response, problem(name, sentence, more));
  return true;
}

function picture(request: IncomingMessage, response: ServerResponse, jpeg: Uint8Array | null): true {
  if (jpeg === null) return refuse(response, 404, nothingShown);
  const headers = {
    ...refusedHeaders,
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=3600, immutable",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
  };
  send(request, response, { status: 200, headers, body: jpeg });
  return true;
}

/** What is no number is as if it were not there: players add parameters of their own. One of any length is too far ahead. */
function directivesIn(query: string): Directives {
  const given = new URLSearchParams(query);
  const number = (name: string): number | null => {
    const text = given.get(name) ?? "";
    return /^\d+$/.test(text) ? Number(text) : null;
  };
  const skip = given.get("_HLS_skip");
  return { msn: number("_HLS_msn"), part: number("_HLS_part"), skip: skip === "YES" || skip === "v2" };
}

function write(request: IncomingMessage, response: ServerResponse, reply: FileReply, gzip: boolean): void {
  if (response.destroyed) return;
  if (reply.status !== 200) return void refuse(response, reply.status, reply.sentence);
  const packed = gzip ? reply.gzip : null;
  const pieces = packed === null ? reply.bytes : [packed];
  let length = 0;
  for (const piece of pieces) length += piece.length;
  response.writeHead(200, {
    "content-type": reply.kind === "playlist" ? "application/vnd.apple.mpegurl" : "video/mp4",
    "content-length": length,
    "cache-control": `public, max-age=${reply.ageSeconds}${reply.kind === "media" ? ", immutable" : ""}`,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    ...(reply.kind === "playlist" ? { vary: "Accept-Encoding" } : {}),
    ...(packed === null ? {} : { "content-encoding": "gzip" }),
  });
  if (request.method !== "HEAD") for (const piece of pieces.slice(0, -1)) response.write(piece);
  response.end(request.method === "HEAD" ? undefined : pieces.at(-1));
}
