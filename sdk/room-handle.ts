import type { Message } from "@chorus/protocol/entries.ts";
import type { Tally, TierFrame } from "@chorus/protocol/frames.ts";
import type { EntryId, Key, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";
import type { Grant, Role } from "@chorus/protocol/people.ts";
import type { Command, Moderation } from "@chorus/protocol/requests.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { createEmitter, type Emitter } from "./emitter.ts";
import {
  type Outcome,
  type RefusedRoomReason,
  type RoomEvents,
  type RoomStateName,
  type Shown,
} from "./events.ts";
import type { Input } from "./machine.ts";
import { unsentOwn } from "./own.ts";
import { failure, takeKey } from "./pending.ts";
import { type Machine, type Room, stateOf } from "./state.ts";
import { seq } from "./wire.ts";

export type SayOptions = {
  /** The message that this one answers. */
  reply?: EntryId;
  /** Whom it addresses, at most 10. */
  mentions?: PersonId[];
  /** The moment of the picture that it is about, in milliseconds since 1970. Default: now. */
  at?: Time;
};

/** A command on its way. `done` never rejects: what went wrong is in the outcome. */
export type Sent = { readonly key: Key; readonly done: Promise<Outcome> };

/** A room that was joined. Its lists are the current ones; what is in them never changes, it is replaced. */
export type ChorusRoom = {
  readonly id: RoomId;
  readonly state: RoomStateName;
  /** Why the room is closed to this client; null while it is not. */
  readonly reason: RefusedRoomReason | null;
  /** Oldest first: messages as they are to be shown, with what one sent oneself and what is left of removed ones. */
  readonly messages: readonly Shown[];
  readonly pins: readonly Message[];
  /** Null until the first view. */
  readonly settings: RoomSettings | null;
  readonly tally: Tally | null;
  /** How hot the room is for its server, and what part of the messages is shown; null while it is calm. */
  readonly tier: TierFrame | null;
  /** Null until the room is joined. */
  readonly role: Role | null;
  readonly grants: readonly Grant[];
  /** Everything up to here is in `messages`; -1 before the first view. */
  readonly position: number;
  /** Listens to the room. @returns a function that stops listening. */
  on<Name extends keyof RoomEvents>(name: Name, listener: (value: RoomEvents[Name]) => void): () => void;
  /**
   * Says something. It is in `messages` at once, as pending; it is sent when it can be, and again until it is answered or
   * five minutes are over.
   *
   * ```ts
   * const { done } = room.say("Bravo!", { reply: message.id });
   * ```
   * @throws TypeError when the text is no string.
   */
  say(text: string, options?: SayOptions): Sent;
  /**
   * Says again what is in `messages` as refused or failed: it leaves its place and stands at the end under a new key, as
   * any new message. What failed without an answer may have been stored after all; then both are shown.
   * @param key the `key` of the message.
   * @returns null when no refused or failed message of this client has the key.
   */
  retry(key: Key): Sent | null;
  /**
   * Takes a refused or failed message out of `messages`.
   * @returns false when no such message has the key.
   */
  discard(key: Key): boolean;
  /** Changes what one said oneself, for a few minutes after it. */
  edit(id: EntryId, text: string): Sent;
  /** Takes back what one said oneself. `seq` finds a message that is older than what is shown here. */
  retract(id: EntryId, seq?: Seq): Sent;
  /**
   * Acts as a moderator.
   *
   * ```ts
   * room.moderate({ do: "timeout", person: message.by, seconds: 600, why: "spam" });
   * ```
   */
  moderate(act: Moderation): Sent;
  /** One tap on one of the room's emojis. Cosmetic: counted when it arrives, never repeated. */
  react(emoji: string): void;
  leave(): void;
};

/** What a room's handle needs of its client. */
export type RoomWorld = {
  feed(input: Input): void;
  /** Gives a command to the machine; the promise is its outcome. */
  submit(command: Command): Promise<Outcome>;
};
export type RoomHandle = { room: ChorusRoom; state: Room; emit: Emitter<RoomEvents>["emit"] };

type Draft<T extends Command = Command> = T extends Command ? Omit<T, "room" | "key"> : never;

export function createRoomHandle(machine: Machine, state: Room, world: RoomWorld): RoomHandle {
  const { id } = state;
  const emitter = createEmitter<RoomEvents>();
  const room: ChorusRoom = {
    id,
    get state() {
      return stateOf(state);
    },
    get reason() {
      return state.reason;
    },
    get messages() {
      return state.fold.messages;
    },
    get pins() {
      return state.fold.pins;
    },
    get settings() {
      return state.fold.settings;
    },
    get tally() {
      return state.fold.tally;
    },
    get tier() {
      return state.tier;
    },
    get role() {
      return state.role;
    },
    get grants() {
      return state.grants;
    },
    get position() {
      return state.pos;
    },
    on: emitter.on,
    say,
    retry(key) {
      const unsent = isLeft() ? null : unsentOwn(state, key);
      if (unsent === null) return null;
      world.feed({ i: "discarded", room: id, key });
      return say(unsent.text, optionsOf(unsent));
    },
    discard(key) {
      const is = !isLeft() && unsentOwn(state, key) !== null;
      if (is) world.feed({ i: "discarded", room: id, key });
      return is;
    },
    edit: (id, text) => command({ t: "edit", id, text: checkedText(text), ...placeOf(id) }),
    retract: (id, at) => command({ t: "retract", id, ...placeOf(id, at) }),
    moderate: (act) => command({ t: "moderate", act: placed(act) }),
    react: (emoji) => whileHere({ i: "tapped", room: id, emoji }),
    leave: () => whileHere({ i: "departed", room: id }),
  };
  return { room, state, emit: emitter.emit };

  function say(text: string, options: SayOptions = {}): Sent {
    return command({ t: "say", text: checkedText(text), ...options, ...replySeq(options.reply) });
  }

  /** Where a message stands, so that the server finds it when it is older than the room's memory. */
  function placeOf(id: EntryId, given?: Seq): { seq?: Seq } {
    const known = given === undefined ? state.fold.byId.get(id)?.seq : seq(given);
    return known === undefined || known === null ? {} : { seq: known };
  }

  function replySeq(reply: EntryId | undefined): { replySeq?: Seq } {
    const { seq: known } = reply === undefined ? {} : placeOf(reply);
    return known === undefined ? {} : { replySeq: known };
  }

  function placed(act: Moderation): Moderation {
    return act.do === "retract" || act.do === "restore" || act.do === "pin"
      ? { ...placeOf(act.id), ...act }
      : act;
  }

  function command(draft: Draft): Sent {
    const key = takeKey(machine);
    const done = isLeft() ? Promise.resolve(failure("left")) : world.submit({ ...draft, room: id, key });
    return { key, done };
  }

  /** Whoever left may have joined again since: that is another handle's room. */
  function whileHere(input: Input): void {
    if (!isLeft()) world.feed(input);
  }

  function isLeft(): boolean {
    return state.phase === "left";
  }
}

/** What was said with a message that came to nothing. */
function optionsOf({ reply, mentions, at }: Shown): SayOptions {
  const options: SayOptions = {};
  if (reply !== null) options.reply = reply.id;
  if (mentions.length > 0) options.mentions = [...mentions];
  if (at !== null) options.at = at;
  return options;
}

function checkedText(text: string): string {
  if (typeof text === "string") return text;
  throw new TypeError(`A text must be a string, not ${typeof text}.`);
}
