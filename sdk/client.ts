import type { ClientKind } from "@chorus/protocol/people.ts";
import type { Key, RoomId } from "@chorus/protocol/ids.ts";
import type { Command } from "@chorus/protocol/requests.ts";
import { type KeyValueStorage, stored, tabStorage } from "./browser.ts";
import * as bounds from "./bounds.ts";
import { createComplaints } from "./complaints.ts";
import { drive } from "./driver.ts";
import { createEmitter } from "./emitter.ts";
import type { ChorusEvents, ConnectionStateName, Outcome, SendEvent } from "./events.ts";
import { pendingKey } from "./pending.ts";
import { type ChorusRoom, createRoomHandle, type RoomHandle } from "./room-handle.ts";
import { createMachine, createRoom, findRoom, type TellAll, type TellRoom } from "./state.ts";
import type { Transport } from "./transport.ts";
import { waysOf } from "./ways.ts";
import { roomId } from "./wire.ts";

export type { KeyValueStorage } from "./browser.ts";
export type * from "./events.ts";
export type { ChorusRoom, SayOptions, Sent } from "./room-handle.ts";
export { entryId, personId } from "./wire.ts";

export type ConnectOptions = {
  /** Where Chorus is served: `https://live.example`, or `ws://localhost:8080`. */
  url: string;
  /**
   * Asked for a token (a JWT) when one is needed: at the start, and whenever the last one is no longer good. It answers
   * null for a guest; when it throws, or takes longer than 30 s, that is a `trouble`, and it is asked again later. Without
   * it one is a guest.
   */
  token?: () => Promise<string | null> | string | null;
  /** The name that a guest wishes to have, cut at 40 characters. */
  name?: string;
  /** What this client is; overlays and bots are not counted as viewers. Default "viewer". */
  kind?: ClientKind;
  /**
   * Where unanswered messages and a guest's identity survive a reload; null for nowhere. Default: sessionStorage in a
   * page.
   */
  storage?: KeyValueStorage | null;
  /** How many messages `room.messages` holds at most. Default 500. */
  messagesMax?: number;
  /** How many ids are remembered against doubles, and as many of removed messages. Default 5,000. */
  idsMax?: number;
  /** Default: the platform's WebSocket, and where none comes about, HTTP. */
  transport?: Transport;
};

export type Chorus = {
  readonly state: ConnectionStateName;
  /**
   * Joins a room; while it is joined, the same id gives the same room. It may be called before the connection is live,
   * and holds over every reconnect until `leave`. What an earlier life of the tab left unanswered is in `messages` at
   * once.
   * @param id lower-case letters, digits, `.`, `_`, `-`; at most 64 of them.
   * @throws TypeError when no room can have the id.
   */
  join(id: string): ChorusRoom;
  /** Listens to the connection. @returns a function that stops listening. */
  on<Name extends keyof ChorusEvents>(name: Name, listener: (value: ChorusEvents[Name]) => void): () => void;
  /** Leaves all rooms and ends the connection for good. Commands without an answer end as `failed`. */
  close(): void;
};

/**
 * Connects to a Chorus server and stays connected: it reconnects by itself, misses nothing that the server still has, and
 * sends again what was not answered.
 *
 * ```ts
 * const chorus = connect({ url: "https://live.example", token: fetchToken });
 * const room = chorus.join("demo");
 * room.on("message", (message) => console.log(message.name, message.text));
 * const outcome = await room.say("hello").done;
 * if (outcome.status === "refused") console.log(outcome.sentence);
 * ```
 *
 * @throws TypeError when `url` is not an http, https, ws or wss URL. Everything later is an event or an outcome.
 */
export function connect(options: ConnectOptions): Chorus {
  const url = socketUrl(options.url);
  const storage = options.storage === undefined ? tabStorage() : options.storage;
  const prefix = `chorus:${url}:`;
  const guest = stored(storage, `${prefix}guest`);
  const transport = options.transport ?? waysOf();
  const machine = createMachine({
    session: newSession(),
    hasToken: options.token !== undefined,
    guest: typeof guest === "string" ? guest : null,
    name: wishOf(options.name ?? ""),
    kind: options.kind ?? null,
    accept: transport.accept,
    keeps: storage !== null,
    messagesMax: options.messagesMax ?? bounds.messagesShownMax,
    idsMax: options.idsMax ?? bounds.idsRememberedMax,
  });
  const emitter = createEmitter<ChorusEvents>();
  const rooms = new Map<RoomId, RoomHandle>();
  const waiting = new Map<Key, (outcome: Outcome) => void>();
  const complain = createComplaints();
  const { feed } = drive(machine, {
    url,
    transport,
    token: options.token ?? (() => null),
    storage,
    prefix,
    tell,
  });
  // Whoever listens in the same turn hears everything from the first state on.
  queueMicrotask(() => feed({ i: "started" }));
  return {
    get state() {
      return machine.link.state;
    },
    join,
    on: emitter.on,
    close: () => feed({ i: "ended" }),
  };

  function join(name: string): ChorusRoom {
    const id = roomId(name);
    const known = rooms.get(id);
    if (known !== undefined && known.state.phase !== "left") return known.room;
    feed({ i: "entered", room: id, kept: stored(storage, prefix + pendingKey(id)) });
    const state = findRoom(machine, id) ?? { ...createRoom(id, machine.options), phase: "left" };
    const handle = createRoomHandle(machine, state, { feed, submit });
    rooms.set(id, handle);
    return handle.room;
  }

  function submit(command: Command): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    waiting.set(command.key, resolve);
    feed({ i: "commanded", command });
    return promise;
  }

  function tell(effect: TellRoom | TellAll): void {
    if (effect.do === "tell-room" && effect.name === "pending") settle(effect.value);
    const heard =
      effect.do === "tell"
        ? emitter.emit(effect.name, effect.value)
        : rooms.get(effect.room)?.emit(effect.name, effect.value);
    if (heard === false) complain(effect);
  }

  function settle({ key, outcome }: SendEvent): void {
    if (outcome === null) return;
    waiting.get(key)?.(outcome);
    waiting.delete(key);
  }
}

function socketUrl(base: string): string {
  const url = new URL(base);
  if (!/^(http|ws)s?:$/.test(url.protocol))
    throw new TypeError(`Chorus needs an http or ws URL, not ${base}`);
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.protocol.replace("http", "ws")}//${url.host}${path}/v1/connect`;
}

function wishOf(name: string): string | null {
  const wish = [...name.trim()].slice(0, bounds.nameCharsMax).join("");
  return wish === "" ? null : wish;
}

/** 96 bits by chance, in 12 to 24 letters and digits. */
function newSession(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36)).join("");
}
