import assert from "node:assert/strict";
import type { Input } from "@chorus/core/room/inputs.ts";
import { skeletonOf } from "@chorus/core/skeleton.ts";
import {
  type EntryId,
  entryId,
  epoch,
  key,
  personId,
  type RoomId,
  roomId,
  time,
} from "@chorus/protocol/ids.ts";
import { type Grant, grantsOfRole, type Role } from "@chorus/protocol/people.ts";
import type { Command, Moderation, Say } from "@chorus/protocol/requests.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import type { Person } from "../identity/person.ts";
import { createRevocations } from "../identity/revocations.ts";
import { type Keeper, startKeeper } from "../keeper/keeper.ts";
import type { KeeperObserver } from "../keeper/state.ts";
import type { Keep } from "../keeper/trimming.ts";
import type { Log, LogReader } from "../log/log.ts";
import { createMemoryLog } from "../log/memory-log.ts";
import { type Client, demo, openClient } from "./client.fixture.ts";
import { startGateway } from "./gateway.ts";
import { type StageBus, stageBus } from "./stage-bus.fixture.ts";
import type { Gateway, GatewayObserver, Verdict } from "./state.ts";
import { type VirtualTime, virtualTime } from "./virtual-time.fixture.ts";

/**
 * A keeper, gateways, a bus and a log in virtual time, with the room `demo`. A token is somebody's name, their role and
 * how long it is good: "ada viewer 600000".
 */
export type Stage = Omit<VirtualTime, "process"> & {
  readonly bus: StageBus;
  readonly log: Log;
  readonly gateway: Gateway;
  readonly keeper: Keeper;
  /** What was counted or told to the operator, as "limit framesBurst". */
  readonly noted: string[];
  /** Somebody who has said hello and was welcomed. */
  connects(name: string, role?: Role, options?: ConnectOptions): Client;
  /** And is in the room. */
  enters(name: string, role?: Role, options?: ConnectOptions): Client;
  /** Somebody else says it, past every gateway; in one record what is said in one call. */
  hears(...texts: string[]): EntryId[];
  /** A viewer says it, past every gateway, and is not paced. */
  saysAs(name: string, text: string, more?: Partial<Omit<Say, "t" | "room" | "key">>): EntryId;
  /** A moderator, or the host, does this, past every gateway. */
  does(act: Moderation, role?: "moderator" | "host"): EntryId;
  /** What somebody's gateway would send for them. */
  inputOf(command: CommandOf, role: Role): Input & { i: "command" };
  addRoom(name: string, settings?: RoomSettingsPatch): RoomId;
  addGateway(log?: LogReader): { gateway: Gateway; dies(): void };
  keeperDies(): void;
  keeperStarts(): void;
};
export type ConnectOptions = {
  gateway?: Gateway;
  address?: string;
  tokenMs?: number;
  grants?: Grant[];
  accept?: string[];
  /** Over HTTP, where nothing can be said after the beginning. */
  oneWay?: boolean;
};
export type StageOptions = {
  settings?: RoomSettingsPatch;
  caps?: Partial<Gateway["caps"]>;
  /** What the gateway reads; the keeper writes to the log itself. */
  reader?: (log: Log) => LogReader;
  keeperLog?: (log: Log) => Log;
  authenticate?: Gateway["authenticate"];
  keep?: Keep;
};

const start = 1_800_000_000_000;
const tokenMs = 600_000;

export function aStage(options: StageOptions = {}): Stage {
  const world = virtualTime(start);
  const bus = stageBus(world.process().clock);
  const log = createMemoryLog({ now: world.now });
  const noted: string[] = [];
  const grantsOf = new Map<string, Grant[]>();
  let ids = 0;
  let counter = 0;
  let lives = 0;
  let keeperProcess = startTheKeeper();
  const first = addGateway();
  const stage: Stage = {
    ...world,
    bus,
    log,
    noted,
    gateway: first.gateway,
    get keeper() {
      return keeperProcess.keeper;
    },
    connects(
      name,
      role = "viewer",
      { gateway = first.gateway, address, tokenMs: forMs = tokenMs, grants, accept = [], oneWay } = {},
    ) {
      if (grants !== undefined) grantsOf.set(name, grants);
      const client = openClient(gateway, world.settles, address, oneWay);
      client.sends({ t: "hello", v: 1, token: `${name} ${role} ${forMs}`, accept });
      return client;
    },
    enters: (name, role, given) => stage.connects(name, role, given).joins(),
    hears(...texts) {
      const said = texts.map((text) => input({ t: "say", text }, "somebody", "participant"));
      for (const one of said) stage.keeper.accept(demo, one);
      world.settles();
      return said.map(({ id }) => id);
    },
    saysAs(name, text, more = {}) {
      const said = input({ t: "say", text, ...more }, name, "viewer");
      stage.keeper.accept(demo, said);
      world.settles();
      return said.id;
    },
    does(act, role = "moderator") {
      const doing = input({ t: "moderate", act }, role === "host" ? "hal" : "mo", role);
      stage.keeper.accept(demo, doing);
      world.settles();
      return doing.id;
    },
    addRoom(name, settings = {}) {
      const room = roomId(name);
      stage.keeper.create(room, (outcome) => assert.equal(outcome, "created"));
      const doing = input(
        { t: "moderate", act: { do: "settings", settings: { title: name, ...settings } } },
        "hal",
        "host",
        room,
      );
      stage.keeper.accept(room, doing);
      world.settles();
      return room;
    },
    inputOf: (command, role) => input(command, "mo", role),
    addGateway,
    keeperDies() {
      keeperProcess.dies();
    },
    keeperStarts() {
      keeperProcess = startTheKeeper();
      world.settles();
    },
  };
  stage.addRoom(demo, options.settings);
  return stage;

  function startTheKeeper(): { keeper: Keeper; dies(): void } {
    const process = world.process();
    const end = bus.connect();
    lives += 1;
    const keeper = startKeeper({
      log: options.keeperLog?.(log) ?? log,
      bus: end,
      clock: process.clock,
      instance: `life-${lives}`,
      mintEpoch: () => epoch(`epoch-${ids++}`),
      mintId,
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      observe: observer() as KeeperObserver,
    });
    return {
      keeper,
      dies() {
        process.dies();
        end.close();
      },
    };
  }

  function addGateway(reader?: LogReader): { gateway: Gateway; dies(): void } {
    const process = world.process();
    const end = bus.connect();
    const { gateway } = startGateway({
      id: `gateway-${ids++}`,
      bus: end,
      log: reader ?? options.reader?.(log) ?? log,
      clock: process.clock,
      caps: { connections: 1_000, perAddress: 1_000, perPerson: 1_000, perRoom: 1_000, ...options.caps },
      mintId,
      authenticate:
        options.authenticate ??
        ((hello, now, done) => done(verdictOn(hello.token ?? hello.resume ?? "", now))),
      renew: (token, now, done) => done(verdictOn(token, now)),
      resumeToken: (person, now) =>
        `${person.id} ${person.rooms["*"]?.role} ${person.expires - now} resumed-at-${now}`,
      revocations: createRevocations(process.clock),
      observe: observer(),
    });
    world.settles();
    return {
      gateway,
      dies() {
        process.dies();
        end.close();
      },
    };
  }

  function input(
    command: CommandOf,
    name: string,
    role: Role,
    room: RoomId = demo,
  ): Input & { i: "command" } {
    const grants: Grant[] = [...grantsOfRole[role], "replay"];
    return {
      i: "command",
      origin: { gateway: "none", connection: 0 },
      actor: { id: personId(name), name, skeleton: skeletonOf(name), role, grants },
      command: { ...command, room, key: key(`past-every-gateway:${counter++}`) },
      id: mintId(),
    };
  }

  function mintId(): EntryId {
    return entryId(`entry-${String(ids++).padStart(5, "0")}`);
  }

  function verdictOn(token: string, now: number): Verdict {
    const [name = "", role = "viewer", forMs = "0"] = token.split(" ");
    if (Number(forMs) <= 0) return { ok: false, close: "tokenExpired", sentence: "Your token has expired." };
    const grants = grantsOf.get(name);
    const person: Person = {
      id: personId(name),
      name: role === "guest" ? null : name,
      kind: "viewer",
      issued: time(now),
      expires: time(now + Number(forMs)),
      guest: role === "guest",
      rooms: { "*": grants === undefined ? { role: role as Role } : { role: role as Role, grants } },
    };
    return { ok: true, person, guest: role === "guest" ? token : null };
  }

  function observer(): GatewayObserver {
    return {
      limit: (name) => void noted.push(`limit ${name}`),
      refused: (reason) => void noted.push(`refused ${reason}`),
      closed: (why) => void noted.push(`closed ${why}`),
      gap: (reason) => void noted.push(`gap ${reason}`),
      tier: (_room, { tier }) => void noted.push(`tier ${tier}`),
      logFailed: (_room, sentence) => void noted.push(`log failed: ${sentence}`),
    };
  }
}

type CommandOf = Command extends infer C ? (C extends Command ? Omit<C, "room" | "key"> : never) : never;
