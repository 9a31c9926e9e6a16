import type {
  Act,
  Held,
  Lifted,
  Message,
  Notice,
  ReasonCode,
  Rejected,
  Sanction,
} from "@chorus/protocol/entries.ts";
import type { Gap, Left, Tally, TierFrame } from "@chorus/protocol/frames.ts";
import type { EntryId, Key, PersonId, Seq, Time } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Command } from "@chorus/protocol/requests.ts";

/**
 * `pending`: not answered yet. `confirmed`: stored, for everybody to see. `held`: a moderator decides first. `refused`:
 * the room said no. `failed`: nobody knows; the person may try again.
 */
export type SendStatus = "pending" | "confirmed" | "held" | "refused" | "failed";

/** Why nothing came of a command, as a word for programs and a sentence for people. */
export type Trouble = { reason: string; sentence: string };

/** What went wrong beside the commands. `cause` is what the application itself threw, where it did. */
export type ConnectionTrouble = Trouble & { cause: unknown };

/** Who took a message away, and the class of reason when it was told. */
export type Removal = { by: "author" | "staff"; why: ReasonCode | null };

/**
 * A message as it is to be shown. Never changed: an edit, a removal or an answer makes a new one in its place. Of a
 * removed message only the place is left, its `text` is empty.
 */
export type Shown = {
  /** Null until the room has named it. */
  readonly id: EntryId | null;
  /** Set on what this client sent itself. */
  readonly key: Key | null;
  /** The place in the room; null for what has none (yet): own unanswered messages, and those shown to you alone. */
  readonly seq: Seq | null;
  readonly status: SendStatus;
  /** Milliseconds since 1970: the room's clock, or this client's while the message is pending. */
  readonly time: number;
  readonly by: PersonId | null;
  readonly name: string;
  readonly role: Role | null;
  readonly text: string;
  readonly at: Time | null;
  readonly reply: { id: EntryId; name: string; quote: string } | null;
  readonly mentions: readonly PersonId[];
  readonly edited: Time | null;
  readonly shadow: boolean;
  readonly removed: Removal | null;
  readonly trouble: Trouble | null;
};

/** How a command ended. Never an exception: a refusal is an answer. */
export type Outcome =
  | { status: "confirmed" | "held"; id: EntryId; time: Time }
  | { status: "refused"; reason: RefusalReason; sentence: string }
  | { status: "failed"; reason: FailureReason; sentence: string };

export const failures = {
  expired: "There was no answer for five minutes. Try again.",
  "too-many-pending": "Too many messages are waiting to be sent. Try again later.",
  left: "You left the room before this was answered.",
  closed: "The connection was closed before this was answered.",
  "connection-refused": "The server does not accept this connection. Try again later.",
} as const;
export type FailureReason = keyof typeof failures;

/** What became of a command: first with `outcome: null`, once more when it is settled. */
export type SendEvent = { key: Key; what: Command["t"]; message: Shown | null; outcome: Outcome | null };

export type RoomStateName = "joining" | "catching-up" | "live" | "paused" | "left" | "refused";
export type RefusedRoomReason =
  | Exclude<Left["reason"], "left" | "unavailable">
  | "malformed"
  | "connection-refused";
export type RoomState = { state: RoomStateName; reason: RefusedRoomReason | null };

export type ConnectionStateName = "idle" | "connecting" | "live" | "reconnecting" | "refused" | "closed";
/** `retryAt` while reconnecting, by this client's clock; `code` is the close code that refused. */
export type ConnectionState = { state: ConnectionStateName; retryAt: number | null; code: number | null };

export type StaffEntry = Held | Rejected | Sanction | Lifted | Act;

/** `lost`: the client gave up waiting for the range. `fresh`: a view came without the entries before it. */
export type GapEvent = { from: Seq; to: Seq; reason: Gap["reason"] | "lost" | "fresh" };

export type RoomEvents = {
  message: Shown;
  /** Also of what this client does not show (any more); `message` is null then. */
  edited: { id: EntryId; text: string; edited: Time; message: Shown | null };
  removed: { id: EntryId; removal: Removal };
  restored: Shown;
  gap: GapEvent;
  view: { seq: Seq; messages: readonly Shown[] };
  state: RoomState;
  tally: Tally;
  tier: TierFrame;
  pinned: readonly Message[];
  settings: RoomSettings;
  notice: Notice;
  staff: StaffEntry;
  pending: SendEvent;
  /** It came to nothing and is no longer in the list: `discard` or `retry` took it out. */
  discarded: Shown;
};

export type ChorusEvents = {
  state: ConnectionState;
  welcome: { id: PersonId; name: string | null; time: Time };
  /** The application could not give a token, or the server refused a frame that belongs to no command. */
  trouble: ConnectionTrouble;
};
