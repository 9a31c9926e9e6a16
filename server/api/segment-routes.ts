import type { IncomingHttpHeaders } from "node:http";
import { headOf, inbox, reaches } from "@chorus/core/delivery/ring.ts";
import { type RoomId, seq } from "@chorus/protocol/ids.ts";
import { LiveSchema, SegmentSchema } from "@chorus/protocol/polled.ts";
import type { Gateway } from "../gateway/state.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import type { PolledRooms } from "../segments/polled-rooms.ts";
import type { RoomSegments } from "../segments/room-segments.ts";
import type { SignedPrefixes } from "../segments/signed-prefix.ts";
import { apiLimits } from "./api-limits.ts";
import { jsonHeaders } from "./http-app.ts";
import { identify, readerOf, unauthorised } from "./identify.ts";
import type { Problem } from "./problem.ts";
import { noSuchRoom, RoomPathSchema } from "./room-answers.ts";
import { standingOf } from "./room-standing.ts";
import { type About, type Route, route } from "./route.ts";
import {
  InboxQuerySchema,
  InboxSchema,
  liveAnswer,
  membersOnly,
  notHere,
  prefixAnswer,
  prefixEnded,
  PrefixSchema,
  type Ready,
  segmentAnswer,
  SegmentPathSchema,
  SignedRoomPathSchema,
  SignedSegmentPathSchema,
  tooManyRooms,
} from "./segment-answers.ts";

export type SegmentRoutesOptions = {
  gateway: Gateway;
  tokens: TokenVerifier;
  rooms: PolledRooms;
  prefixes: SignedPrefixes;
  /** Whether a room's pollers may open sockets again. */
  socketsWelcome(room: RoomId): boolean;
};

/**
 * A room for those who poll: files that a cache keeps for all of them. A room that guests may read has them in the open; of
 * any other they stand behind a signed prefix, which is all that is asked of whoever reads there.
 */
export function segmentRoutes(options: SegmentRoutesOptions): Route[] {
  const { gateway, rooms, prefixes, socketsWelcome } = options;
  const now = () => gateway.clock.now();

  const live = route({
    method: "GET",
    path: "/v1/rooms/:room/live",
    about: aboutLive("getLive", "none"),
    params: RoomPathSchema,
    answer: LiveSchema,
    handle: ({ params: { room }, headers }) => inOpen(room, (segments) => liveOf(segments, headers)),
  });
  const segment = route({
    method: "GET",
    path: "/v1/rooms/:room/segments/:epoch/:n/:rev",
    about: aboutSegment("getSegment", "none"),
    params: SegmentPathSchema,
    answer: SegmentSchema,
    handle: ({ params, headers }) => inOpen(params.room, (segments) => fileOf(segments, params, headers)),
  });
  const signedLive = route({
    method: "GET",
    path: "/v1/signed/:prefix/rooms/:room/live",
    about: aboutLive("getSignedLive", "none"),
    params: SignedRoomPathSchema,
    answer: LiveSchema,
    handle: ({ params, headers }) => behind(params, (segments) => liveOf(segments, headers)),
  });
  const signedSegment = route({
    method: "GET",
    path: "/v1/signed/:prefix/rooms/:room/segments/:epoch/:n/:rev",
    about: aboutSegment("getSignedSegment", "none"),
    params: SignedSegmentPathSchema,
    answer: SegmentSchema,
    handle: ({ params, headers }) => behind(params, (segments) => fileOf(segments, params, headers)),
  });
  const check = route({
    method: "GET",
    path: "/v1/signed/:prefix/rooms/:room",
    about: {
      name: "checkPrefix",
      summary: "Whether a signed prefix is good for a room: what a cache asks before it answers",
      token: "none",
      answers: { 204: "It is" },
      problems: ["malformed", "forbidden", "rate"],
    },
    params: SignedRoomPathSchema,
    handle({ params: { prefix, room } }) {
      const expires = prefixes.check(prefix, room, now());
      return expires === null ? prefixEnded : prefixAnswer(expires, now());
    },
  });

  async function inOpen(room: RoomId, answer: Answer): Promise<Ready> {
    const segments = await opened(room);
    if ("problem" in segments) return segments;
    return segments.feed.settings?.guests === true ? answer(segments) : membersOnly;
  }

  async function behind({ prefix, room }: { prefix: string; room: RoomId }, answer: Answer): Promise<Ready> {
    if (prefixes.check(prefix, room, now()) === null) return prefixEnded;
    const segments = await opened(room);
    return "problem" in segments ? segments : answer(segments);
  }

  async function opened(room: RoomId): Promise<RoomSegments | Problem> {
    const segments = await rooms.open(room, apiLimits.feedWithinMs);
    if (segments === "late") return notHere;
    if (segments === "too-many") return tooManyRooms;
    return segments === "no-such-room" ? noSuchRoom : segments;
  }

  function liveOf(segments: RoomSegments, asked: IncomingHttpHeaders): Ready {
    const told = segments.live(socketsWelcome(segments.feed.room));
    return told === null ? notHere : liveAnswer(told, asked);
  }

  return [live, segment, signedLive, signedSegment, check, prefixRoute(options), inboxRoute(options, opened)];
}

type Answer = (segments: RoomSegments) => Ready | Promise<Ready>;

async function fileOf(
  segments: RoomSegments,
  { epoch, n, rev }: { epoch: string; n: string; rev: string },
  asked: IncomingHttpHeaders,
): Promise<Ready> {
  const file = await segments.file(epoch, Number(n), Number(rev), apiLimits.segmentWithinMs);
  return segmentAnswer(file, asked);
}

function prefixRoute({ gateway, tokens, prefixes }: SegmentRoutesOptions): Route {
  return route({
    method: "GET",
    path: "/v1/rooms/:room/segments-prefix",
    about: {
      name: "getSegmentsPrefix",
      summary: "Where the asker may poll a room; of a members' room an address that ends within five minutes",
      token: "optional",
      answers: { 200: "The prefix, the same for everybody who asks within a minute" },
      problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: PrefixSchema,
    async handle({ params: { room }, headers }) {
      const who = await identify(headers.authorization, tokens, gateway.clock.now());
      if (!who.ok) return who.problem;
      const standing = await standingOf(gateway, room, who.person?.id ?? null, apiLimits.callWithinMs);
      if ("problem" in standing) return standing;
      const reader = readerOf(who.person, room, standing);
      if ("problem" in reader) return reader;
      if (standing.settings.guests)
        return { status: 200, json: { prefix: `/v1/rooms/${room}`, expires: null } };
      const { prefix, expires } = prefixes.issue(room, gateway.clock.now());
      return { status: 200, json: { prefix: `/v1/signed/${prefix}/rooms/${room}`, expires } };
    },
  });
}

function inboxRoute(
  { gateway, tokens }: SegmentRoutesOptions,
  opened: (room: RoomId) => Promise<RoomSegments | Problem>,
): Route {
  return route({
    method: "GET",
    path: "/v1/rooms/:room/inbox",
    about: {
      name: "getInbox",
      summary: "What a room has for the asker alone: notices, and own messages that nobody else has",
      token: "required",
      answers: { 200: "What came after the position, as far as memory reaches" },
      problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    query: InboxQuerySchema,
    answer: InboxSchema,
    async handle({ params: { room }, query: { after = seq(0) }, headers }) {
      const who = await identify(headers.authorization, tokens, gateway.clock.now());
      if (!who.ok) return who.problem;
      if (who.person === null) return unauthorised("Send the token of whose inbox it is.");
      const standing = await standingOf(gateway, room, who.person.id, apiLimits.callWithinMs);
      if ("problem" in standing) return standing;
      const reader = readerOf(who.person, room, standing);
      if ("problem" in reader) return reader;
      const segments = await opened(room);
      if ("problem" in segments) return segments;
      const { ring } = segments.feed;
      if (ring === null) return notHere;
      const { audience } = reader;
      const entries = inbox(ring, audience, who.person.id, after).map((one) => Buffer.from(one).toString());
      const whole = reaches(ring, audience, after);
      const head = JSON.stringify({ room, epoch: ring.epoch, seq: headOf(ring, audience), whole });
      const bytes = Buffer.from(`${head.slice(0, -1)},"e":[${entries.join(",")}]}`);
      return { status: 200, bytes, headers: jsonHeaders };
    },
  });
}

function aboutLive(name: string, token: About["token"]): About {
  return {
    name,
    summary: "What there is to be polled of a room at this moment",
    token,
    answers: { 200: "The newest segments, and what was taken away lately" },
    problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
  };
}

function aboutSegment(name: string, token: About["token"]): About {
  return {
    name,
    summary: "What was said in one slot of time; it never changes, and a cache may keep it for an hour",
    token,
    answers: { 200: "The segment" },
    problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "not-found", "rate", "unavailable"],
  };
}
