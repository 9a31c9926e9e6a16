import Type from "typebox";
import { EntrySchema, MessageSchema } from "./entries.ts";
import { EntryIdSchema, EpochSchema, KeySchema, PersonIdSchema, RoomIdSchema, SeqSchema, TimeSchema } from "./ids.ts";
import { GrantSchema, NameSchema, RoleSchema } from "./people.ts";
import { refusalReasons } from "./refusals.ts";
import { RoomSettingsSchema } from "./room-settings.ts";

/**
 * What a server sends: one JSON object a text frame, told apart by `t`. A client ignores frames and fields that it
 * does not know.
 */
const Ms = Type.Integer({ minimum: 0, maximum: 86_400_000 });

/** Answers hello. `resume` replaces the token on the next connection; `guest` is a guest's own token, to be kept. */
export const WelcomeSchema = Type.Object({
  t: Type.Literal("welcome"),
  v: Type.Integer(),
  you: Type.Object({ id: PersonIdSchema, name: Type.Optional(NameSchema) }),
  time: TimeSchema,
  resume: Type.String(),
  guest: Type.Optional(Type.String()),
  accept: Type.Array(Type.String()),
  beatMs: Ms,
});

/**
 * Answers join. `how` tells what follows: `resumed`, the missed entries; `fresh`, a view; `gap`, a gap and a view.
 */
export const JoinedSchema = Type.Object({
  t: Type.Literal("joined"),
  room: RoomIdSchema,
  epoch: EpochSchema,
  seq: SeqSchema,
  how: Type.Enum(["resumed", "fresh", "gap"]),
  audience: Type.Enum(["public", "staff"]),
  role: RoleSchema,
  grants: Type.Array(GrantSchema),
});

export const LeftSchema = Type.Object({
  t: Type.Literal("left"),
  room: RoomIdSchema,
  reason: Type.Enum(["left", "banned", "no-such-room", "forbidden", "too-many-rooms", "archived", "unavailable"]),
  retryMs: Type.Optional(Ms),
});

/**
 * The room as of `seq` and `time`, folded: the last visible messages with edits and removals applied; `s` holds their
 * seqs. An own message from before `time` that is not among them is older than these, or has been removed.
 */
export const ViewSchema = Type.Object({
  t: Type.Literal("view"),
  room: RoomIdSchema,
  epoch: EpochSchema,
  seq: SeqSchema,
  time: TimeSchema,
  settings: RoomSettingsSchema,
  pins: Type.Array(MessageSchema),
  s: Type.Array(SeqSchema),
  e: Type.Array(EntrySchema),
});

/**
 * The room from `from` to `to`. A client applies it if `from <= pos + 1`; then its position is `to`, whatever is inside.
 * Without `s`, `e` holds every entry of the range in order; with it, `s` are the seqs of those that were not shed.
 */
export const EntriesSchema = Type.Object({
  t: Type.Literal("entries"),
  room: RoomIdSchema,
  from: SeqSchema,
  to: SeqSchema,
  shed: Type.Optional(Type.Integer({ minimum: 0 })),
  s: Type.Optional(Type.Array(SeqSchema)),
  e: Type.Array(EntrySchema),
});

/** A safety entry at once, ahead of its place in the sequence. Applying it twice changes nothing. */
export const SafetySchema = Type.Object({ t: Type.Literal("safety"), room: RoomIdSchema, e: Type.Array(EntrySchema) });

/** Entries for this person only. They have no seq; doubles are dropped by id. */
export const PersonFrameSchema = Type.Object({
  t: Type.Literal("person"),
  room: RoomIdSchema,
  e: Type.Array(EntrySchema),
});

/** The latest totals; one with a lower `v` than the last is old and dropped. */
export const TallySchema = Type.Object({
  t: Type.Literal("tally"),
  room: RoomIdSchema,
  v: Type.Integer({ minimum: 0 }),
  viewers: Type.Integer({ minimum: 0 }),
  reactions: Type.Record(Type.String(), Type.Integer({ minimum: 0 })),
});

/** Entries `from` to `to` will not come. `history`: they can be read there. A view follows. */
export const GapSchema = Type.Object({
  t: Type.Literal("gap"),
  room: RoomIdSchema,
  from: SeqSchema,
  to: SeqSchema,
  reason: Type.Enum(["too-many", "slow", "epoch", "retention"]),
});

/** Whether the room takes commands. While paused, a client keeps what it has not heard of and sends it again. */
export const StatusSchema = Type.Object({
  t: Type.Literal("status"),
  room: RoomIdSchema,
  sending: Type.Enum(["open", "paused"]),
});

/** A newer resume token, sent before the last one runs out. */
export const ResumeSchema = Type.Object({ t: Type.Literal("resume"), resume: Type.String() });
export const RefreshSchema = Type.Object({ t: Type.Literal("refresh"), withinMs: Ms });
export const DrainSchema = Type.Object({ t: Type.Literal("drain"), afterMs: Ms });
export const BeatSchema = Type.Object({ t: Type.Literal("beat"), time: TimeSchema });

export const AckSchema = Type.Object({
  t: Type.Literal("ack"),
  room: RoomIdSchema,
  key: KeySchema,
  id: EntryIdSchema,
  time: TimeSchema,
});
export const HeldReplySchema = Type.Object({
  t: Type.Literal("held"),
  room: RoomIdSchema,
  key: KeySchema,
  id: EntryIdSchema,
  time: TimeSchema,
});
/** `sentence` is in English, for people; programs read `reason`. */
export const RefusedSchema = Type.Object({
  t: Type.Literal("refused"),
  room: Type.Optional(RoomIdSchema),
  key: Type.Optional(KeySchema),
  reason: Type.Enum(refusalReasons as [(typeof refusalReasons)[number]]),
  sentence: Type.String(),
  retryMs: Type.Optional(Ms),
});

/** Every frame by its `t`. */
export const frameSchemas = {
  welcome: WelcomeSchema,
  joined: JoinedSchema,
  left: LeftSchema,
  view: ViewSchema,
  entries: EntriesSchema,
  safety: SafetySchema,
  person: PersonFrameSchema,
  tally: TallySchema,
  gap: GapSchema,
  status: StatusSchema,
  resume: ResumeSchema,
  refresh: RefreshSchema,
  drain: DrainSchema,
  beat: BeatSchema,
  ack: AckSchema,
  held: HeldReplySchema,
  refused: RefusedSchema,
} as const;
export type Frame = { [K in keyof typeof frameSchemas]: Type.Static<(typeof frameSchemas)[K]> }[keyof typeof frameSchemas];
export type Welcome = Type.Static<typeof WelcomeSchema>;
export type Joined = Type.Static<typeof JoinedSchema>;
export type Left = Type.Static<typeof LeftSchema>;
export type View = Type.Static<typeof ViewSchema>;
export type Entries = Type.Static<typeof EntriesSchema>;
export type Tally = Type.Static<typeof TallySchema>;
export type Gap = Type.Static<typeof GapSchema>;
export type Ack = Type.Static<typeof AckSchema>;
export type HeldReply = Type.Static<typeof HeldReplySchema>;
export type Refused = Type.Static<typeof RefusedSchema>;
export type Reply = Ack | HeldReply | Refused;
