import { Type } from "typebox";
import { ReasonCodeSchema, ReasonTextSchema, SanctionKindSchema } from "./entries.ts";
import {
  EntryIdSchema,
  EpochSchema,
  KeySchema,
  PersonIdSchema,
  RoomIdSchema,
  SeqSchema,
  TimeSchema,
} from "./ids.ts";
import { limits } from "./limits.ts";
import { ClientKindSchema, NameSchema } from "./people.ts";
import {
  reactionExpected,
  ReactionSchema,
  RoomSettingsPatchSchema,
  sanctionSecondsMax,
} from "./room-settings.ts";

/** What a client sends: one JSON object a text frame, told apart by `t`. Unknown fields are refused. */
const strict = { additionalProperties: false } as const;
const shape = (description: string) => ({ ...strict, description });
const TokenSchema = Type.String({ minLength: 1, maxLength: limits.tokenBytesMax });
const WhereSchema = Type.With(SeqSchema, {
  description: "Its position; finds what is older than the room's memory",
});
const TextSchema = Type.String({
  maxLength: limits.frameBytesMax,
  description: "The text; a room takes fewer characters",
});

export const HelloSchema = Type.Object(
  {
    t: Type.Literal("hello"),
    v: Type.Integer({
      minimum: 0,
      maximum: 1_000,
      description: "The version of the protocol that the client speaks",
    }),
    token: Type.Optional(Type.With(TokenSchema, { description: "A JSON Web Token, or a guest's own token" })),
    resume: Type.Optional(
      Type.With(TokenSchema, { description: "The newest resume token of the last connection" }),
    ),
    name: Type.Optional(Type.With(NameSchema, { description: "A guest's wish for a name" })),
    kind: Type.Optional(ClientKindSchema),
    accept: Type.Optional(
      Type.Array(Type.String({ maxLength: 16 }), {
        maxItems: 8,
        description: "What the client can read: deflate, segments; what is unknown is ignored",
      }),
    ),
  },
  shape(
    "The first frame of a connection. With token or resume one is somebody, with neither a new guest. Joins may follow " +
      "without waiting for the welcome.",
  ),
);

export const JoinSchema = Type.Object(
  {
    t: Type.Literal("join"),
    room: RoomIdSchema,
    epoch: Type.Optional(EpochSchema),
    seq: Type.Optional(
      Type.With(SeqSchema, { description: "The position up to which the client has everything" }),
    ),
    hidden: Type.Optional(
      Type.Boolean({
        description:
          "Nobody looks: with a position, of the room only totals come, and what is for this person. Who looks again joins again",
      }),
    ),
  },
  shape(
    "Enters a room. With epoch and seq the client has everything up to there and asks for the rest; without, for a view.",
  ),
);
export const LeaveSchema = Type.Object(
  { t: Type.Literal("leave"), room: RoomIdSchema },
  shape("Leaves a room. Answered with left."),
);

export const SaySchema = Type.Object(
  {
    t: Type.Literal("say"),
    room: RoomIdSchema,
    key: KeySchema,
    text: TextSchema,
    at: Type.Optional(
      Type.With(TimeSchema, { description: "The moment of the author's picture, if it is behind" }),
    ),
    reply: Type.Optional(Type.With(EntryIdSchema, { description: "The message that this one answers" })),
    replySeq: Type.Optional(WhereSchema),
    mentions: Type.Optional(
      Type.Array(PersonIdSchema, {
        maxItems: limits.mentionsMax,
        uniqueItems: true,
        description: "People who are meant",
      }),
    ),
  },
  shape(
    "Says something. Answered with ack, held or refused; a repetition under the same key is answered the same.",
  ),
);
export const EditSchema = Type.Object(
  {
    t: Type.Literal("edit"),
    room: RoomIdSchema,
    key: KeySchema,
    id: Type.With(EntryIdSchema, { description: "The message" }),
    seq: Type.Optional(WhereSchema),
    text: TextSchema,
  },
  shape("An author changes their own message. Answered with ack or refused."),
);
export const RetractSchema = Type.Object(
  {
    t: Type.Literal("retract"),
    room: RoomIdSchema,
    key: KeySchema,
    id: Type.With(EntryIdSchema, { description: "The message" }),
    seq: Type.Optional(WhereSchema),
  },
  shape("An author takes back their own message. Answered with ack or refused."),
);

export const ReactSchema = Type.Object(
  {
    t: Type.Literal("react"),
    room: RoomIdSchema,
    key: KeySchema,
    taps: Type.Record(ReactionSchema, Type.Integer({ minimum: 1, maximum: limits.tapsPerFrameMax }), {
      ...strict,
      minProperties: 1,
      maxProperties: limits.emojiPerRoomMax,
      expected: reactionExpected,
      description: `How often each reaction was tapped, together at most ${limits.tapsPerFrameMax} times`,
    }),
  },
  shape(
    "Reacts. Not answered unless refused: taps come back as a tally, and are not sent again when they are lost.",
  ),
);

const why = { why: ReasonCodeSchema, text: Type.Optional(ReasonTextSchema) };
const id = Type.With(EntryIdSchema, { description: "The message" });
const person = Type.With(PersonIdSchema, { description: "Against whom" });
const forSeconds = Type.Integer({
  minimum: 1,
  maximum: sanctionSecondsMax,
  description: "How long; absent, until it is lifted",
});
const purge = Type.Optional(Type.Boolean({ description: "Removes the person's remembered messages too" }));

/** What a moderator does. */
export const ModerationSchema = Type.Union(
  [
    Type.Object(
      { do: Type.Literal("retract"), id, seq: Type.Optional(WhereSchema), ...why },
      shape("Takes a message away from everybody."),
    ),
    Type.Object(
      { do: Type.Literal("restore"), id, seq: Type.Optional(WhereSchema) },
      shape("Brings back a message that staff retracted."),
    ),
    Type.Object({ do: Type.Literal("approve"), id }, shape("Shows a held message to everybody.")),
    Type.Object({ do: Type.Literal("reject"), id, ...why }, shape("Decides against a held message.")),
    Type.Object(
      { do: Type.Enum(["mute", "ban", "shadow"]), person, seconds: Type.Optional(forSeconds), purge, ...why },
      shape("Mutes, bans, or shows a person's messages to nobody but themselves and staff."),
    ),
    Type.Object(
      {
        do: Type.Literal("timeout"),
        person,
        seconds: Type.With(forSeconds, { description: "How long" }),
        purge,
        ...why,
      },
      shape("Mutes a person for a while."),
    ),
    Type.Object(
      { do: Type.Literal("lift"), person, what: SanctionKindSchema },
      shape("Ends a sanction before its time."),
    ),
    Type.Object(
      { do: Type.Literal("pin"), id, seq: Type.Optional(WhereSchema) },
      shape("Pins a message for everybody."),
    ),
    Type.Object({ do: Type.Literal("unpin"), id }, shape("Takes a pin off.")),
    Type.Object(
      { do: Type.Literal("settings"), settings: RoomSettingsPatchSchema },
      shape("Changes how the room is run."),
    ),
  ],
  { description: "What to do" },
);
export type Moderation = Type.Static<typeof ModerationSchema>;

export const ModerateSchema = Type.Object(
  { t: Type.Literal("moderate"), room: RoomIdSchema, key: KeySchema, act: ModerationSchema },
  shape("Moderates. Needs the grant moderate. Answered with ack or refused."),
);

export const SeenSchema = Type.Object(
  {
    t: Type.Literal("seen"),
    room: RoomIdSchema,
    seq: Type.With(SeqSchema, { description: "The position that the client has applied" }),
  },
  shape(
    "Reports how far the client has applied a room, at least every 10 s while entries arrive. Not answered; who stays " +
      "far behind is taken for a stalled reader.",
  ),
);

export const FillSchema = Type.Object(
  {
    t: Type.Literal("fill"),
    room: RoomIdSchema,
    epoch: EpochSchema,
    from: Type.With(SeqSchema, { description: "The first one missing" }),
    to: Type.With(SeqSchema, { description: "The last one missing" }),
  },
  shape(
    "Asks again for a small range that did not arrive. Answered with entries, or with gap when it is gone.",
  ),
);

export const TokenRequestSchema = Type.Object(
  {
    t: Type.Literal("token"),
    token: Type.With(TokenSchema, { description: "A fresh token of the same person" }),
  },
  shape(
    "Renews the token, after refresh or ahead of it. Answered with resume; where it grants something else than before, rooms " +
      "are joined anew or left. A bad token ends the connection.",
  ),
);

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
export type Request = {
  [K in keyof typeof requestSchemas]: Type.Static<(typeof requestSchemas)[K]>;
}[keyof typeof requestSchemas];
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
