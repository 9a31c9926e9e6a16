import type { Audience } from "@chorus/core/record.ts";
import { EntrySchema } from "@chorus/protocol/entries.ts";
import { EpochSchema, RoomIdSchema, SeqSchema } from "@chorus/protocol/ids.ts";
import { RoomSettingsPatchSchema, RoomSettingsSchema } from "@chorus/protocol/room-settings.ts";
import { type Static, Type } from "typebox";
import type { Called, Informed } from "../gateway/calls.ts";
import type { RoomInfo } from "../messages.ts";
import { type Problem, problem } from "./problem.ts";

/** What is said of rooms over HTTP, in schemas, and the refusals that all of it shares. */
export const RoomPathSchema = Type.Object({ room: RoomIdSchema });

export const RoomSchema = Type.Object({
  room: RoomIdSchema,
  settings: RoomSettingsSchema,
  epoch: EpochSchema,
  seq: SeqSchema,
  viewers: Type.Integer({ minimum: 0 }),
});
export type Room = Static<typeof RoomSchema>;

/** Any of the settings. None at all makes a room as it comes, or changes nothing. */
export const RoomChangeSchema = Type.Object(RoomSettingsPatchSchema.properties, {
  additionalProperties: false,
});
export type RoomChange = Static<typeof RoomChangeSchema>;

/** Entries as in frames, each with its seq. An entry for the asker alone has the seq of the one before it. */
export const HistorySchema = Type.Object({
  room: RoomIdSchema,
  epoch: EpochSchema,
  oldest: SeqSchema,
  entries: Type.Array(
    Type.Union(
      EntrySchema.anyOf.map((entry) =>
        Type.Object({ seq: SeqSchema, ...entry.properties }, { additionalProperties: false }),
      ),
    ),
  ),
});

export function roomOf({ room, settings, head, viewers }: RoomInfo, audience: Audience): Room {
  const seq = audience === "public" ? head.publicSeq : head.staffSeq;
  return { room, settings, epoch: head.epoch, seq, viewers };
}

const retryMs = 2_000;

export const noSuchRoom = problem(
  "no-such-room",
  "Check the room's name, or have it created by a PUT to this address.",
);
export const unreadable = problem(
  "unavailable",
  "The log of this room cannot be read now: try again shortly.",
  { retryMs },
);
export const unanswered = problem("unavailable", "The room's keeper does not answer: try again shortly.", {
  retryMs,
});
export const tooManyCalls = problem(
  "unavailable",
  "Too many questions wait for an answer: try again shortly.",
  {
    limit: "callsInFlightMax",
    retryMs,
  },
);

export function infoIn(called: Called<Informed>): RoomInfo | Problem {
  if (!called.ok) return called.why === "too-many" ? tooManyCalls : unanswered;
  if (called.value === "no-such-room") return noSuchRoom;
  return called.value === "unavailable" ? unreadable : called.value;
}
