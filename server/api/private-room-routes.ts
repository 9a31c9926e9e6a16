import type { Head } from "@chorus/core/record.ts";
import type { Actor } from "@chorus/core/room/inputs.ts";
import {
  type EntryId,
  EpochSchema,
  personId,
  type RoomId,
  RoomIdSchema,
  SeqSchema,
} from "@chorus/protocol/ids.ts";
import { grantsOfRole } from "@chorus/protocol/people.ts";
import { RoomSettingsSchema } from "@chorus/protocol/room-settings.ts";
import { tiers } from "@chorus/protocol/tiers.ts";
import { type Static, Type } from "typebox";
import type { Caller } from "../gateway/calls.ts";
import type { LogReader, Outcome } from "../log/log.ts";
import type { RoomInfo } from "../messages.ts";
import { apiLimits } from "./api-limits.ts";
import { RoomChangeSchema, RoomPathSchema, RoomSchema, roomOf, unreadable } from "./room-answers.ts";
import { createRoomChanges } from "./room-changes.ts";
import { type Route, route } from "./route.ts";

export type RoomsOptions = {
  caller: Caller;
  log: LogReader;
  /** The rooms in the keeper's memory. */
  loaded(): readonly RoomInfo[];
  mintId(): EntryId;
};

/** All rooms, for the operator. Looking at them loads none. */
export function privateRoomRoutes({ caller, log, loaded, mintId }: RoomsOptions): Route[] {
  const changes = createRoomChanges(caller, mintId);

  const list = route({
    method: "GET",
    path: "/v1/rooms",
    query: RoomsQuerySchema,
    answer: RoomsSchema,
    async handle({ query: { after, limit = apiLimits.roomsListMax } }) {
      const names = await outcomeOf<RoomId[]>((done) => log.rooms(done));
      if (!names.ok) return unreadable;
      const page = names.value.filter((room) => after === undefined || room > after);
      const infos = new Map(loaded().map((info) => [info.room, info]));
      const rooms: ListedRoom[] = [];
      for (const room of page.slice(0, limit)) {
        const head = await outcomeOf<Head | "no-such-room">((done) => log.head(room, done));
        if (!head.ok) return unreadable;
        if (head.value !== "no-such-room") rooms.push(listed(room, head.value, infos.get(room)));
      }
      return { status: 200, json: { rooms, next: page.length > limit ? (page[limit - 1] ?? null) : null } };
    },
  });

  const put = route({
    method: "PUT",
    path: "/v1/rooms/:room",
    params: RoomPathSchema,
    body: RoomChangeSchema,
    answer: RoomSchema,
    async handle({ params: { room }, body }) {
      const done = await changes.put(room, body, operator);
      if ("problem" in done) return done;
      return { status: done.created ? 201 : 200, json: roomOf(done.info, "staff") };
    },
  });

  return [list, put];
}

/** Whoever reaches the private port is the server itself. */
const operator: Actor = {
  id: personId("chorus"),
  name: "Chorus",
  skeleton: "",
  role: "host",
  grants: grantsOfRole.host,
};

const RoomsQuerySchema = Type.Object(
  {
    after: Type.Optional(RoomIdSchema),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: apiLimits.roomsListMax })),
  },
  { additionalProperties: false },
);
const ListedRoomSchema = Type.Object({
  room: RoomIdSchema,
  epoch: EpochSchema,
  offset: Type.Integer({ minimum: 0 }),
  publicSeq: SeqSchema,
  staffSeq: SeqSchema,
  /** Null for a room that is not in the keeper's memory. */
  settings: Type.Union([RoomSettingsSchema, Type.Null()]),
  viewers: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  /** Where it is hottest, in percent of what a gateway gives a room; null for a room that is calm everywhere. */
  heat: Type.Union([
    Type.Object({ tier: Type.Enum([...tiers]), percent: Type.Integer({ minimum: 0 }) }),
    Type.Null(),
  ]),
});
type ListedRoom = Static<typeof ListedRoomSchema>;
const RoomsSchema = Type.Object({
  rooms: Type.Array(ListedRoomSchema),
  /** What to ask for with `after`; null when these were the last. */
  next: Type.Union([RoomIdSchema, Type.Null()]),
});

function listed(room: RoomId, head: Head, info: RoomInfo | undefined): ListedRoom {
  const { settings = null, viewers = null, heat = null } = info ?? {};
  return { room, ...head, settings, viewers, heat };
}

function outcomeOf<T>(ask: (done: (outcome: Outcome<T>) => void) => void): Promise<Outcome<T>> {
  return new Promise(ask);
}
