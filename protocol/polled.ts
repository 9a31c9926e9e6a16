import { Type } from "typebox";
import { EntrySchema } from "./entries.ts";
import { TallySchema } from "./frames.ts";
import { EntryIdSchema, EpochSchema, RoomIdSchema, SeqSchema } from "./ids.ts";
import { limits } from "./limits.ts";

/** What a client reads by HTTP where a room is too full for a socket each: a list that it asks for again, and what is listed. */
const slot = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "The number of a segment: its slot of time since 1970",
});
const rev = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: "Rises when something in the segment is changed or taken away",
});
const position = (description: string) => Type.With(SeqSchema, { description });

export const LiveSchema = Type.Object(
  {
    t: Type.Literal("live"),
    room: RoomIdSchema,
    epoch: EpochSchema,
    seq: position("Up to here the room can be read in segments, from the first that is listed on"),
    segments: Type.Array(
      Type.Object({ n: slot, rev, from: position("Its first position"), to: position("Its last position") }),
      { maxItems: limits.segmentsListedMax, description: "The newest, oldest first" },
    ),
    removed: Type.Array(EntryIdSchema, {
      maxItems: limits.segmentRemovedMax,
      description: "Messages taken away lately: to be taken from the screen, wherever they stand",
    }),
    tally: Type.Union([TallySchema, Type.Null()], { description: "The latest totals" }),
    pollMs: Type.Integer({
      minimum: 0,
      description: "When to ask again: after so long, times a number drawn between 0.8 and 1.2",
    }),
    sockets: Type.Boolean({ description: "Whether a socket is welcome again" }),
    inbox: Type.String({ description: "Where a person reads what is for them alone" }),
  },
  {
    description:
      "What there is to be read of a room. Each segment lies at segments/EPOCH/N/REV beside it. A client at position p reads those " +
      "that end behind p, and again those that it has in an older revision. Where the first begins behind p + 1 there is a gap.",
  },
);
export type Live = Type.Static<typeof LiveSchema>;

export const SegmentSchema = Type.Object(
  {
    t: Type.Literal("segment"),
    room: RoomIdSchema,
    epoch: EpochSchema,
    n: slot,
    rev,
    from: position("The first position covered"),
    to: position("The last position covered"),
    shed: Type.Optional(
      Type.Integer({ minimum: 1, description: "How many messages of the range were left out" }),
    ),
    s: Type.Optional(
      Type.Array(SeqSchema, { description: "The seqs of e; absent when e holds every entry of the range" }),
    ),
    e: Type.Array(EntrySchema, { description: "The entries in order, as they are now" }),
  },
  {
    description:
      "What was said in one slot of time, as the frame entries would give it. The next segment begins where this one ends. " +
      "Its bytes are the same wherever it is asked for, and never change.",
  },
);
export type Segment = Type.Static<typeof SegmentSchema>;

export const polledSchemas = { live: LiveSchema, segment: SegmentSchema } as const;
