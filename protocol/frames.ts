import { Type } from "typebox";
import { EntrySchema, MessageSchema } from "./entries.ts";
import {
  EntryIdSchema,
  EpochSchema,
  KeySchema,
  PersonIdSchema,
  RoomIdSchema,
  SeqSchema,
  TimeSchema,
} from "./ids.ts";
import { GrantSchema, NameSchema, RoleSchema } from "./people.ts";
import { refusalReasons } from "./refusals.ts";
import { tiers } from "./tiers.ts";
import { reactionExpected, ReactionSchema, RoomSettingsSchema } from "./room-settings.ts";

/**
 * What a server sends: one JSON object a text frame, told apart by `t`. A client ignores frames and fields that it
 * does not know.
 */
const msMax = 86_400_000;
const ms = (description: string) => Type.Integer({ minimum: 0, maximum: msMax, description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const position = (description: string) => Type.With(SeqSchema, { description });
const text = (description: string) => Type.String({ description });
const list = <Item extends Type.TSchema>(item: Item, description: string) =>
  Type.Array(item, { description });

export const WelcomeSchema = Type.Object(
  {
    t: Type.Literal("welcome"),
    v: Type.Integer({ description: "The version that both sides speak from here on" }),
    you: Type.Object(
      { id: PersonIdSchema, name: Type.Optional(NameSchema) },
      { description: "Who the client is; a guest without a name is given one by each room" },
    ),
    time: TimeSchema,
    resume: text("Stands for the token on the next connection"),
    guest: Type.Optional(text("A guest's own token; who keeps it is the same guest next time")),
    accept: list(Type.String(), "What of the offered the server makes use of"),
    beatMs: ms("A beat comes at least this often"),
  },
  { description: "Answers hello." },
);

export const JoinedSchema = Type.Object(
  {
    t: Type.Literal("joined"),
    room: RoomIdSchema,
    epoch: EpochSchema,
    seq: position("The newest position of the client's audience"),
    how: Type.Enum(["resumed", "fresh", "gap"], {
      description: "What follows: the missed entries, a view, or a gap and a view",
    }),
    audience: Type.Enum(["public", "staff"], { description: "Whose seqs count; staff see more entries" }),
    role: RoleSchema,
    grants: list(GrantSchema, "What the person may do here"),
  },
  { description: "Answers join." },
);

export const leftReasons = [
  "left",
  "banned",
  "no-such-room",
  "forbidden",
  "too-many-rooms",
  "archived",
  "unavailable",
] as const;

export const LeftSchema = Type.Object(
  {
    t: Type.Literal("left"),
    room: RoomIdSchema,
    reason: Type.Enum([...leftReasons], { description: "Why; unavailable alone is worth another try" }),
    retryMs: Type.Optional(ms("Try again after this long")),
  },
  {
    description:
      "The client is not, or no longer, in the room. Answers leave, or a join that is not possible.",
  },
);

export const ViewSchema = Type.Object(
  {
    t: Type.Literal("view"),
    room: RoomIdSchema,
    epoch: EpochSchema,
    seq: position("The position that this is the picture of; entries after it follow"),
    time: Type.With(TimeSchema, { description: "The moment that this is the picture of" }),
    settings: RoomSettingsSchema,
    pins: list(MessageSchema, "Pinned messages, the newest last"),
    s: list(SeqSchema, "The seqs of e, one by one"),
    e: list(EntrySchema, "The last visible messages, oldest first"),
  },
  {
    description:
      "The room as of a position, folded: edits and removals are applied. It replaces what the client had. An own message " +
      "from before time that is not among the messages is older than these, or has been removed.",
  },
);

export const EntriesSchema = Type.Object(
  {
    t: Type.Literal("entries"),
    room: RoomIdSchema,
    from: position("The first position covered"),
    to: position("The last position covered"),
    shed: Type.Optional(count("How many entries of the range were left out under load")),
    s: Type.Optional(list(SeqSchema, "The seqs of e; absent when e holds every entry of the range")),
    e: list(EntrySchema, "The entries in order"),
  },
  {
    description:
      "The room from one position to another. A client at position p applies it if from <= p + 1; then its position is " +
      "to, whatever is inside. A frame further ahead means a loss: the client asks with fill.",
  },
);

export const SafetySchema = Type.Object(
  { t: Type.Literal("safety"), room: RoomIdSchema, e: list(EntrySchema, "Removals and restorations") },
  {
    description:
      "What must be seen at once, ahead of its place in the sequence. Applying it twice changes nothing.",
  },
);

export const PersonFrameSchema = Type.Object(
  { t: Type.Literal("person"), room: RoomIdSchema, e: list(EntrySchema, "Entries, told apart by id") },
  {
    description: "Entries for this person only. They have no seq; one that comes again is dropped by its id.",
  },
);

export const TallySchema = Type.Object(
  {
    t: Type.Literal("tally"),
    room: RoomIdSchema,
    v: count("Rises with each tally of a room; one that is lower than the last is old and dropped"),
    viewers: count(
      "Viewers now, at least: overlays and bots are not among them, nor those who poll and are answered by a cache",
    ),
    seq: Type.Optional(position("The public's newest position: how much a hidden client has missed")),
    reactions: Type.Record(ReactionSchema, Type.Integer({ minimum: 0 }), {
      description: "Taps so far",
      expected: reactionExpected,
    }),
    gatherMs: Type.Optional(
      ms("While many tap: how long to gather taps before they are sent, if not for 250 ms"),
    ),
    slowMs: Type.Optional(ms("While the room is too hot: the pause between two messages of a person")),
    polled: Type.Optional(
      Type.Literal(true, { description: "The room is far too hot: who can reads it by segments for now" }),
    ),
  },
  { description: "The latest totals. Sent now and then; the newest one is all that counts." },
);

export const TierSchema = Type.Object(
  {
    t: Type.Literal("tier"),
    room: RoomIdSchema,
    tier: Type.Enum([...tiers], {
      description:
        "Each with what those before it do: totals come rarely (cosmetic), messages once a second (wide), people are " +
        "slowed down (slow), each viewer is shown a part of the messages (capped), or fetches them (segments)",
    }),
    shown: Type.Integer({
      minimum: 0,
      maximum: 100,
      description: "How many of a hundred ordinary messages each viewer is shown, about",
    }),
    heat: Type.Optional(count("For staff: how hot the room is, in percent of what its server gives it")),
  },
  {
    description:
      "How hot the room is for this server, and what is done about it. Before the first one, a room is calm. Removals, " +
      "staff's words, one's own, and what mentions or answers one are always shown.",
  },
);

export const GapSchema = Type.Object(
  {
    t: Type.Literal("gap"),
    room: RoomIdSchema,
    from: position("The first position that will not come"),
    to: position("The last position that will not come"),
    reason: Type.Enum(["too-many", "slow", "epoch", "retention"], {
      description: "Missed too many, read too slowly, the room has another epoch, or it is no longer kept",
    }),
  },
  {
    description:
      "Entries that will not come. A view follows, except after fill, where the client goes on behind to.",
  },
);

export const StatusSchema = Type.Object(
  {
    t: Type.Literal("status"),
    room: RoomIdSchema,
    sending: Type.Enum(["open", "paused"], { description: "Whether the room takes commands" }),
  },
  {
    description:
      "While sending is paused, a client keeps what was not answered and sends it again afterwards.",
  },
);

export const ResumeSchema = Type.Object(
  { t: Type.Literal("resume"), resume: text("Replaces the last one") },
  { description: "A newer resume token, sent before the last one runs out." },
);
export const RefreshSchema = Type.Object(
  { t: Type.Literal("refresh"), withinMs: ms("How long the connection still lives without") },
  { description: "The token has run out: the client sends a new one with token." },
);
export const DrainSchema = Type.Object(
  { t: Type.Literal("drain"), afterMs: ms("When the connection will be closed") },
  { description: "This server is going away: the client connects again and resumes, within the time given." },
);
export const BeatSchema = Type.Object(
  { t: Type.Literal("beat"), time: TimeSchema },
  { description: "Nothing but a sign of life, for programs that cannot see WebSocket pings." },
);

export const AckSchema = Type.Object(
  {
    t: Type.Literal("ack"),
    room: RoomIdSchema,
    key: KeySchema,
    id: Type.With(EntryIdSchema, { description: "The entry that the command made" }),
    time: TimeSchema,
  },
  { description: "The command is done and durable. A repetition is answered the same." },
);
export const HeldReplySchema = Type.Object(
  {
    t: Type.Literal("held"),
    room: RoomIdSchema,
    key: KeySchema,
    id: Type.With(EntryIdSchema, { description: "The message, by the id it will have" }),
    time: TimeSchema,
  },
  { description: "The message waits for a moderator. A notice tells the decision." },
);
export const RefusedSchema = Type.Object(
  {
    t: Type.Literal("refused"),
    room: Type.Optional(RoomIdSchema),
    key: Type.Optional(KeySchema),
    reason: Type.Enum(refusalReasons as [(typeof refusalReasons)[number]], {
      description: "For programs; see the table of refusals",
    }),
    sentence: text("The same for people, in English"),
    retryMs: Type.Optional(ms("The same command may succeed after this long")),
  },
  {
    description:
      "The command was not done. Expected, and never the end of a connection. Frames beyond the rate are not read: the " +
      "first and every tenth of them is answered with rate and no key, and what stays unanswered is to be sent again under " +
      "the same key after retryMs.",
  },
);

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
  tier: TierSchema,
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
export type Frame = {
  [K in keyof typeof frameSchemas]: Type.Static<(typeof frameSchemas)[K]>;
}[keyof typeof frameSchemas];
export type Welcome = Type.Static<typeof WelcomeSchema>;
export type Joined = Type.Static<typeof JoinedSchema>;
export type Left = Type.Static<typeof LeftSchema>;
export type View = Type.Static<typeof ViewSchema>;
export type Entries = Type.Static<typeof EntriesSchema>;
export type Tally = Type.Static<typeof TallySchema>;
export type TierFrame = Type.Static<typeof TierSchema>;
export type Gap = Type.Static<typeof GapSchema>;
export type Ack = Type.Static<typeof AckSchema>;
export type HeldReply = Type.Static<typeof HeldReplySchema>;
export type Refused = Type.Static<typeof RefusedSchema>;
export type Reply = Ack | HeldReply | Refused;
