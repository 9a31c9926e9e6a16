import Type from "typebox";
import { ReasonCodeSchema, ReasonTextSchema, SanctionKindSchema } from "./entries.ts";
import { EntryIdSchema, EpochSchema, KeySchema, PersonIdSchema, RoomIdSchema, SeqSchema, TimeSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { ClientKindSchema, NameSchema } from "./people.ts";
import { RoomSettingsPatchSchema } from "./room-settings.ts";

/** What a client sends: one JSON object a text frame, told apart by `t`. Unknown fields are refused. */
const strict = { additionalProperties: false } as const;
const TokenSchema = Type.String({ minLength: 1, maxLength: limits.tokenBytesMax });

/**
 * The first frame of a connection. With `token` (a JWT) or `resume` (from the last welcome) one is somebody; with
 * neither a guest, for whom `name` is a wish. `join`s may follow without waiting for the welcome.
 */
export const HelloSchema = Type.Object(
  {
    t: Type.Literal("hello"),
    v: Type.Integer({ minimum: 0, maximum: 1_000 }),
    token: Type.Optional(TokenSchema),
    resume: Type.Optional(TokenSchema),
    name: Type.Optional(NameSchema),
    kind: Type.Optional(ClientKindSchema),
    accept: Type.Optional(Type.Array(Type.String({ maxLength: 16 }), { maxItems: 8 })),
  },
  strict,
);

/** With `epoch` and `seq` the client has seen everything up to there and asks for the rest; without, for a view. */
export const JoinSchema = Type.Object(
  { t: Type.Literal("join"), room: RoomIdSchema, epoch: Type.Optional(EpochSchema), seq: Type.Optional(SeqSchema) },
  strict,
);
export const LeaveSchema = Type.Object({ t: Type.Literal("leave"), room: RoomIdSchema }, strict);

export const SaySchema = Type.Object(
  {
    t: Type.Literal("say"),
    room: RoomIdSchema,
    key: KeySchema,
    text: Type.String({ maxLength: limits.frameBytesMax }),
    at: Type.Optional(TimeSchema),
    reply: Type.Optional(EntryIdSchema),
    mentions: Type.Optional(Type.Array(PersonIdSchema, { maxItems: limits.mentionsMax, uniqueItems: true })),
  },
  strict,
);
export const EditSchema = Type.Object(
  {
    t: Type.Literal("edit"),
    room: RoomIdSchema,
    key: KeySchema,
    id: EntryIdSchema,
    text: Type.String({ maxLength: limits.frameBytesMax }),
  },
  strict,
);
/** An author takes back their own message. `seq` finds one that is older than the room's memory. */
export const RetractSchema = Type.Object(
  { t: Type.Literal("retract"), room: RoomIdSchema, key: KeySchema, id: EntryIdSchema, seq: Type.Optional(SeqSchema) },
  strict,
);

export const ReactSchema = Type.Object(
  {
    t: Type.Literal("react"),
    room: RoomIdSchema,
    key: KeySchema,
    taps: Type.Record(
      Type.String({ minLength: 1, maxLength: 32 }),
      Type.Integer({ minimum: 1, maximum: limits.tapsPerFrameMax }),
      { minProperties: 1, maxProperties: limits.emojiPerRoomMax },
    ),
  },
  strict,
);

const why = { why: ReasonCodeSchema, text: Type.Optional(ReasonTextSchema) };
const forSeconds = Type.Integer({ minimum: 1, maximum: 366 * 86_400 });

/** What a moderator does. `seconds` absent means until lifted; `purge` removes the person's remembered messages too. */
export const ModerationSchema = Type.Union([
  Type.Object(
    { do: Type.Literal("retract"), id: EntryIdSchema, seq: Type.Optional(SeqSchema), ...why },
    strict,
  ),
  Type.Object({ do: Type.Literal("restore"), id: EntryIdSchema, seq: Type.Optional(SeqSchema) }, strict),
  Type.Object({ do: Type.Literal("approve"), id: EntryIdSchema }, strict),
  Type.Object({ do: Type.Literal("reject"), id: EntryIdSchema, ...why }, strict),
  Type.Object(
    {
      do: Type.Enum(["mute", "ban", "shadow"]),
      person: PersonIdSchema,
      seconds: Type.Optional(forSeconds),
      purge: Type.Optional(Type.Boolean()),
      ...why,
    },
    strict,
  ),
  Type.Object(
    {
      do: Type.Literal("timeout"),
      person: PersonIdSchema,
      seconds: forSeconds,
      purge: Type.Optional(Type.Boolean()),
      ...why,
    },
    strict,
  ),
  Type.Object({ do: Type.Literal("lift"), person: PersonIdSchema, what: SanctionKindSchema }, strict),
  Type.Object({ do: Type.Literal("pin"), id: EntryIdSchema }, strict),
  Type.Object({ do: Type.Literal("unpin"), id: EntryIdSchema }, strict),
  Type.Object({ do: Type.Literal("settings"), settings: RoomSettingsPatchSchema }, strict),
]);
export type Moderation = Type.Static<typeof ModerationSchema>;

export const ModerateSchema = Type.Object(
  { t: Type.Literal("moderate"), room: RoomIdSchema, key: KeySchema, act: ModerationSchema },
  strict,
);

/** How far the client has applied a room: at least every 10 s while entries arrive. Slowness is judged by it. */
export const SeenSchema = Type.Object({ t: Type.Literal("seen"), room: RoomIdSchema, seq: SeqSchema }, strict);

/** Asks again for a small range that did not arrive. Answered with `entries`, or with `gap` when it is gone. */
export const FillSchema = Type.Object(
  { t: Type.Literal("fill"), room: RoomIdSchema, epoch: EpochSchema, from: SeqSchema, to: SeqSchema },
  strict,
);

/** A fresh JWT for the same person, after `refresh` or ahead of it. */
export const TokenRequestSchema = Type.Object({ t: Type.Literal("token"), token: TokenSchema }, strict);

/** Every request by its `t`. */
export const requestSchemas = {
  hello: HelloSchema,
  join: JoinSchema,
  leave: LeaveSchema,
  say: SaySchema,
  edit: EditSchema,
  retract: RetractSchema,
  react: ReactSchema,
  moderate: ModerateSchema,
  seen: SeenSchema,
  fill: FillSchema,
  token: TokenRequestSchema,
} as const;
export type Request = { [K in keyof typeof requestSchemas]: Type.Static<(typeof requestSchemas)[K]> }[keyof typeof requestSchemas];
export type Hello = Type.Static<typeof HelloSchema>;
export type Join = Type.Static<typeof JoinSchema>;
export type Leave = Type.Static<typeof LeaveSchema>;
export type Say = Type.Static<typeof SaySchema>;
export type Edit = Type.Static<typeof EditSchema>;
export type Retract = Type.Static<typeof RetractSchema>;
export type React = Type.Static<typeof ReactSchema>;
export type Moderate = Type.Static<typeof ModerateSchema>;
export type Seen = Type.Static<typeof SeenSchema>;
export type Fill = Type.Static<typeof FillSchema>;
export type TokenRequest = Type.Static<typeof TokenRequestSchema>;
/** The commands that a room decides on and answers with ack, held or refused. */
export type Command = Say | Edit | Retract | Moderate;
