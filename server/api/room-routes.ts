import { skeletonOf } from "@chorus/core/skeleton.ts";
import type { Gateway } from "../gateway/state.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import { apiLimits } from "./api-limits.ts";
import { historyPage, HistoryQuerySchema, placeIn, twoPlaces } from "./history-page.ts";
import { identify, readerOf, rightsWith, unauthorised } from "./identify.ts";
import { problem } from "./problem.ts";
import {
  HistorySchema,
  infoIn,
  RoomChangeSchema,
  RoomPathSchema,
  RoomSchema,
  roomOf,
} from "./room-answers.ts";
import { createRoomChanges } from "./room-changes.ts";
import { askInfo, standingOf } from "./room-standing.ts";
import { type Route, route } from "./route.ts";

/** Rooms, for whoever has a token or is a guest where guests may be. */
export function roomRoutes(gateway: Gateway, tokens: TokenVerifier): Route[] {
  const changes = createRoomChanges(gateway, () => gateway.mintId());

  const show = route({
    method: "GET",
    path: "/v1/rooms/:room",
    about: {
      name: "getRoom",
      summary: "A room as it is now",
      token: "optional",
      answers: { 200: "The room; seq is of what the asker may read" },
      problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: RoomSchema,
    async handle({ params: { room }, headers }) {
      const who = await identify(headers.authorization, tokens, gateway.clock.now());
      if (!who.ok) return who.problem;
      const early = who.person === null ? null : readerOf(who.person, room, null);
      if (early !== null && "problem" in early) return early;
      const info = infoIn(await askInfo(gateway, room, who.person?.id ?? null, apiLimits.callWithinMs));
      if ("problem" in info) return info;
      const reader = readerOf(who.person, room, info);
      return "problem" in reader ? reader : { status: 200, json: roomOf(info, reader.audience) };
    },
  });

  const history = route({
    method: "GET",
    path: "/v1/rooms/:room/history",
    about: {
      name: "getHistory",
      summary:
        "The newest entries of a room, those before or after a seq, or those up to a moment, in ascending order",
      token: "optional",
      answers: { 200: "A page; there is more before it when the first entry's seq is above oldest" },
      problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    query: HistoryQuerySchema,
    answer: HistorySchema,
    async handle({ params: { room }, query, headers }) {
      const who = await identify(headers.authorization, tokens, gateway.clock.now());
      if (!who.ok) return who.problem;
      const standing = await standingOf(gateway, room, who.person?.id ?? null, apiLimits.callWithinMs);
      if ("problem" in standing) return standing;
      const reader = readerOf(who.person, room, standing);
      if ("problem" in reader) return reader;
      const place = placeIn(query);
      return place === null ? twoPlaces : historyPage(gateway, { room, ...reader }, place, query.limit);
    },
  });

  const put = route({
    method: "PUT",
    path: "/v1/rooms/:room",
    about: {
      name: "putRoom",
      summary: "Creates a room, or changes the settings that are named",
      token: "required",
      answers: { 200: "The room was there and is now as asked", 201: "The room was created" },
      problems: [
        "malformed",
        "unauthorised",
        "forbidden",
        "refused",
        "too-large",
        "media-type",
        "rate",
        "unavailable",
      ],
    },
    params: RoomPathSchema,
    body: RoomChangeSchema,
    answer: RoomSchema,
    async handle({ params: { room }, body, headers }) {
      const who = await identify(headers.authorization, tokens, gateway.clock.now());
      if (!who.ok) return who.problem;
      const { person } = who;
      if (person === null) return unauthorised("Send a token with the grant to host this room.");
      const rights = rightsWith(person, room, "host");
      if (rights === null) return problem("forbidden", "Ask for a token with the grant to host this room.");
      const { id, name } = person;
      const done = await changes.put(room, body, {
        id,
        name,
        skeleton: name === null ? "" : skeletonOf(name),
        ...rights,
      });
      if ("problem" in done) return done;
      return { status: done.created ? 201 : 200, json: roomOf(done.info, "staff") };
    },
  });

  return [show, history, put];
}
