import { timeIn } from "@chorus/core/room/clock.ts";
import type { Input } from "@chorus/core/room/inputs.ts";
import { hottestIn, nextTally, viewersIn } from "@chorus/core/room/tallies.ts";
import { viewOf } from "@chorus/core/room/view.ts";
import { bans, inForce } from "@chorus/core/room/sanctions.ts";
import type { PersonId, RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { noBytes } from "../bus/bus.ts";
import { every } from "../clock.ts";
import {
  type CreateOutcome,
  type GatewayMessage,
  type KeeperMessage,
  type Pulse,
  type RoomInfo,
  type RoomMessage,
  toGateway,
  toGateways,
  toKeeper,
  toRoom,
} from "../messages.ts";
import { saveSnapshot, unloadIdle, withHost } from "./hosting.ts";
import { encodeView } from "./record.ts";
import { revoke } from "./revoking.ts";
import { headOfState, type RoomHost } from "./room-host.ts";
import { type KeeperOptions, type KeeperState, tell } from "./state.ts";
import { startTrimming } from "./trimming.ts";
import { accept } from "./turns.ts";

/** The keeper: one writer for every room it hosts. This file is what it is asked and what it says by itself. */
export type Keeper = {
  /** Makes a room with the default settings, unless there is one of that name. */
  create(room: RoomId, done: (outcome: CreateOutcome) => void): void;
  /** As if a gateway had sent it; nobody hears the answer. */
  accept(room: RoomId, input: Input): void;
  /** The rooms in memory. */
  rooms(): RoomInfo[];
  stats(): { rooms: number; mailbox: number };
  stop(): void;
};

const attachAgainMs = 1_000;
const pulseMs = 1_000;
const announceForMs = 3_000;

export function startKeeper(options: KeeperOptions): Keeper {
  const keeper: KeeperState = {
    ...options,
    hosts: new Map(),
    due: new Set(),
    turnPlanned: false,
    revision: 0,
  };
  const { bus, clock, hosts } = keeper;
  const stops = [
    bus.subscribe(toKeeper, (message) => receive(keeper, message.head as GatewayMessage)),
    every(clock, limits.tallyEveryMs, () => publishTallies(keeper)),
    every(clock, limits.tallyKeptEveryMs, () => keepTallies(keeper)),
    every(clock, pulseMs, () => pulse(keeper)),
    startTrimming(keeper, options.keep ?? { forMs: null, bytesMax: null }),
    every(clock, limits.roomIdleMs / 10, () => unloadIdle(keeper, clock.now() - limits.roomIdleMs)),
  ];
  /* Gateways let nobody in before they could read the log: it has to be there, also where nobody has made a room. */
  options.log.revocations(() => {});
  pulse(keeper);
  return {
    create: (room, done) => create(keeper, room, done),
    accept: (room, input) => accept(keeper, room, input),
    rooms: () => [...hosts.values()].flatMap((host) => infoOf(keeper, host, null) ?? []),
    stats: () => ({
      rooms: hosts.size,
      mailbox: [...hosts.values()].reduce((sum, { mailbox }) => sum + mailbox.length, 0),
    }),
    stop() {
      for (const stop of stops) stop();
      for (const host of hosts.values()) saveSnapshot(keeper, host, "at once");
    },
  };
}

function receive(keeper: KeeperState, message: GatewayMessage): void {
  switch (message.m) {
    case "attach":
      return withHost(keeper, message.room, (host) => attach(keeper, host, message.gateway));
    case "detach":
      keeper.hosts.get(message.room)?.gateways.delete(message.gateway);
      return;
    case "inputs":
      for (const { room, input } of message.items) accept(keeper, room, input);
      return;
    case "view":
      return withHost(keeper, message.room, (host) => sendView(keeper, host, message));
    case "create": {
      const { gateway, call } = message;
      return create(keeper, message.room, (outcome) =>
        tell(keeper, gateway, { m: "created", call, outcome }),
      );
    }
    case "info":
      return withHost(keeper, message.room, (host) => sendInfo(keeper, host, message));
    case "revoke":
      return revoke(keeper, message);
  }
}

function attach(keeper: KeeperState, host: RoomHost, gateway: string): void {
  const { state, room } = host;
  if (host.phase === "absent") return tell(keeper, gateway, { m: "no-room", room });
  if (state === null) return tell(keeper, gateway, { m: "unavailable", room, retryMs: attachAgainMs });
  host.usedAt = keeper.clock.now();
  host.gateways.set(gateway, host.usedAt);
  const now = timeIn(state, host.usedAt);
  tell(keeper, gateway, {
    m: "attached",
    room,
    head: headOfState(state),
    settings: state.settings,
    bans: bans(state.sanctions, now),
    tally: nextTally(state, now),
  });
}

function sendView(
  keeper: KeeperState,
  { state }: RoomHost,
  { gateway, audience }: GatewayMessage & { m: "view" },
): void {
  if (state === null) return;
  const { head, body } = encodeView(viewOf(state, audience, timeIn(state, keeper.clock.now())));
  keeper.bus.publish(toGateway(gateway), { head: { m: "view", view: head } satisfies KeeperMessage, body });
}

function sendInfo(
  keeper: KeeperState,
  host: RoomHost,
  { gateway, call, person }: GatewayMessage & { m: "info" },
): void {
  const info = host.phase === "absent" ? "no-such-room" : (infoOf(keeper, host, person) ?? "unavailable");
  tell(keeper, gateway, { m: "info", call, info });
}

function infoOf(keeper: KeeperState, { room, state }: RoomHost, person: PersonId | null): RoomInfo | null {
  if (state === null) return null;
  const now = timeIn(state, keeper.clock.now());
  const banned = person !== null && inForce(state.sanctions, person, "ban", now) !== undefined;
  const [viewers, heat] = [viewersIn(state, now), hottestIn(state, now)];
  return { room, head: headOfState(state), settings: state.settings, viewers, heat, banned };
}

function create(keeper: KeeperState, room: RoomId, done: (outcome: CreateOutcome) => void): void {
  keeper.log.create(room, keeper.mintEpoch(), (outcome) => {
    if (!outcome.ok) keeper.observe.logFailed?.(room, outcome.failure.message);
    done(outcome.ok ? outcome.value : "unavailable");
  });
}

function publishTallies(keeper: KeeperState): void {
  for (const host of keeper.hosts.values()) {
    if (!host.tallyChanged || host.state === null) continue;
    host.tallyChanged = false;
    const tally = nextTally(host.state, timeIn(host.state, keeper.clock.now()));
    keeper.bus.publish(toRoom(host.room), {
      head: { m: "tally", tally } satisfies RoomMessage,
      body: noBytes,
    });
  }
}

function keepTallies(keeper: KeeperState): void {
  for (const { room, state } of keeper.hosts.values()) {
    if (state?.reactionsUnkept === true) accept(keeper, room, { i: "keep-tally" });
  }
}

/** Says that the keeper lives, and where rooms stand that changed lately: a gateway that missed the last record hears it here. */
function pulse(keeper: KeeperState): void {
  const since = keeper.clock.now() - announceForMs;
  const heads: [RoomId, string, number][] = [];
  for (const { room, announcedAt, state, phase } of keeper.hosts.values()) {
    if (state !== null && phase === "ready" && announcedAt >= since)
      heads.push([room, state.epoch, state.offset]);
  }
  const { instance, revision } = keeper;
  const head = { m: "pulse", keeper: instance, revision, heads } satisfies Pulse;
  keeper.bus.publish(toGateways, { head, body: noBytes });
}
