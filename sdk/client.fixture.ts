import type { EntryBody, Message, Removed } from "@chorus/protocol/entries.ts";
import type { Entries, Frame, Joined, View } from "@chorus/protocol/frames.ts";
import { type EntryId, entryId, epoch, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { Request, Say } from "@chorus/protocol/requests.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import type { ChorusEvents, RoomEvents } from "./events.ts";
import { type Input, step } from "./machine.ts";
import { takeKey } from "./pending.ts";
import {
  createMachine,
  type Effect,
  findRoom,
  type Machine,
  type MachineOptions,
  type Room,
} from "./state.ts";

/** For tests: one machine, the time it lives in, and everything it has ordered since it was last asked. */
export type Client = {
  machine: Machine;
  now: number;
  random: number;
  orders: Effect[];
};

export const demo = roomId("demo");
export const ada = personId("ada");

export function aClient(options: Partial<MachineOptions> = {}): Client {
  const machine = createMachine({
    session: "session-of-tests",
    hasToken: false,
    guest: null,
    name: null,
    kind: null,
    keeps: false,
    messagesMax: 500,
    idsMax: 5_000,
    ...options,
  });
  return { machine, now: 1_000_000, random: 0.5, orders: [] };
}

export function give(client: Client, input: Input): void {
  client.orders.push(...step(client.machine, input, client.now, client.random));
}

export function receive(client: Client, frame: Frame, size = JSON.stringify(frame).length): void {
  give(client, { i: "received", socket: client.machine.link.socket, frame, size });
}

export function close(client: Client, code: number, retryMs: number | null = null): void {
  give(client, { i: "closed", socket: client.machine.link.socket, code, retryMs });
}

/** Lets time pass, waking the machine exactly when it asked to be woken. */
export function after(client: Client, ms: number): void {
  const end = client.now + ms;
  while (client.machine.wakeAt <= end) {
    client.now = Math.max(client.now, client.machine.wakeAt);
    give(client, { i: "woken" });
    if (client.machine.wakeAt <= client.now) throw new Error("The machine wants to be woken in the past.");
  }
  client.now = end;
}

/** The requests since the last call, taken out of the orders. */
export function sent(client: Client): Request[] {
  const requests: Request[] = [];
  for (const effect of client.orders) if (effect.do === "send") requests.push(effect.request);
  client.orders = client.orders.filter((effect) => effect.do !== "send");
  return requests;
}

export function did(client: Client, kind: Effect["do"]): boolean {
  return client.orders.some((effect) => effect.do === kind);
}

/** What the application was told under a name. */
export function told<Name extends keyof RoomEvents>(client: Client, name: Name): RoomEvents[Name][] {
  const values: RoomEvents[Name][] = [];
  for (const effect of client.orders) {
    if (effect.do === "tell-room" && effect.name === name) values.push(effect.value as RoomEvents[Name]);
  }
  return values;
}

/** What was wrong, as the application was told. */
export function troubles(client: Client): ChorusEvents["trouble"][] {
  return client.orders.flatMap((effect) =>
    effect.do === "tell" && effect.name === "trouble" ? [effect.value] : [],
  );
}

export function welcome(client: Client, more: { guest?: string; resume?: string } = {}): void {
  receive(client, {
    t: "welcome",
    v: 1,
    you: { id: ada, name: "Ada" },
    time: time(client.now),
    resume: "resume-1",
    accept: [],
    beatMs: 25_000,
    ...more,
  });
}

export function connected(options: Partial<MachineOptions> = {}): Client {
  const client = aClient(options);
  give(client, { i: "started" });
  give(client, { i: "opened", socket: 1 });
  welcome(client);
  return client;
}

/** A client that is live in the room `demo`, as of `at`. */
export function joined(options: Partial<MachineOptions> = {}, at = 0): Client {
  const client = connected(options);
  give(client, { i: "entered", room: demo, kept: null });
  receive(client, joinedFrame({ seq: seq(at) }));
  receive(client, view(at, []));
  client.orders = [];
  return client;
}

export function reconnect(client: Client, more: Partial<Joined> = {}): void {
  give(client, { i: "online" });
  give(client, { i: "opened", socket: client.machine.link.socket });
  welcome(client);
  receive(client, joinedFrame({ how: "resumed", ...more }));
}

export function roomOf(client: Client): Room {
  const room = findRoom(client.machine, demo);
  if (room === undefined) throw new Error("The client is not in the room.");
  return room;
}

/** Texts in the order of the screen; what was removed is a cross. */
export function texts(client: Client): string[] {
  return roomOf(client).fold.messages.map((shown) => (shown.removed === null ? shown.text : "✝"));
}

export function joinedFrame(more: Partial<Joined> = {}): Joined {
  return {
    t: "joined",
    room: demo,
    epoch: epoch("first"),
    seq: seq(0),
    how: "fresh",
    audience: "public",
    role: "viewer",
    grants: ["read", "say", "react"],
    ...more,
  };
}

export function view(
  at: number,
  messages: { seq: number; body: EntryBody }[],
  more: Partial<View> = {},
): View {
  return {
    t: "view",
    room: demo,
    epoch: epoch("first"),
    seq: seq(at),
    time: time(at * 1_000),
    settings: defaultRoomSettings,
    pins: [],
    s: messages.map((message) => seq(message.seq)),
    e: messages.map(({ body }) => body),
    ...more,
  };
}

export function range(from: number, e: EntryBody[], to = from + e.length - 1): Entries {
  return { t: "entries", room: demo, from: seq(from), to: seq(to), e };
}

export const id = (n: number | string): EntryId => entryId(`entry-${n}`);

/** The message of the seq `n`, written at the second `n`. */
export function message(n: number, more: Partial<Message> = {}): Message {
  return {
    k: "message",
    id: id(n),
    time: time(n * 1_000),
    by: personId("bob"),
    name: "Bob",
    role: "viewer",
    text: `m${n}`,
    ...more,
  };
}

export function removal(n: number, of: number[]): Removed {
  return { k: "removed", id: id(`r${n}`), time: time(n * 1_000), of: of.map(id), by: "staff", why: "spam" };
}

export function say(client: Client, text: string): Say {
  const command: Say = { t: "say", room: demo, key: takeKey(client.machine), text };
  give(client, { i: "commanded", command });
  return command;
}

export function ack(client: Client, of: Say["key"], n: number): void {
  receive(client, { t: "ack", room: demo, key: of, id: id(n), time: time(n * 1_000) });
}

export function refuse(
  client: Client,
  of: Say["key"],
  reason: "busy" | "try-later" | "muted",
  retryMs?: number,
): void {
  const frame = { t: "refused", room: demo, key: of, reason, sentence: "No." } as const;
  receive(client, retryMs === undefined ? frame : { ...frame, retryMs });
}
