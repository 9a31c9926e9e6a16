import { takeSnapshot } from "@chorus/core/room/snapshot.ts";
import { personId, roomId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import { stateFrom } from "@chorus/server/keeper/room-host.ts";
import { createMemoryLog } from "@chorus/server/log/memory-log.ts";
import { act } from "./acts.ts";
import { setBounds } from "./bounds.ts";
import { createSimBus } from "./bus.ts";
import { createChecks } from "./checks.ts";
import { type Client, createClient } from "./client.ts";
import { type Cluster, createCluster, foundRoom } from "./cluster.ts";
import { createLedger, enter, must } from "./ledger.ts";
import type { SimLogOptions } from "./log.ts";
import { type Random, seededRandom } from "./random.ts";
import { drawWeather, type Weather } from "./weather.ts";
import { createWorld, type World } from "./world.ts";

/** One life of a room, from one seed: a storm, then calm. Throws a `Violation` where a law is broken. */
export type Report = { clients: number; delivered: number; faults: number; met: Map<string, number> };

const room = roomId("sim");
const start = 1_760_000_000_000;

/** `trace` is told everything that clients hear and say. */
export function live(seed: number, trace: (line: string) => void = () => {}): Report {
  const random = seededRandom(seed);
  const weather = drawWeather(random);
  setBounds(weather.smallLimits ? "small" : "usual");
  const world = createWorld(start);
  const met = new Map<string, number>();
  let faults = 0;
  const meet = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);
  const suffer = (fault: string): void => {
    faults += 1;
    trace(`${Math.round(world.now - start)} ${fault}`);
    meet(`fault: ${fault}`);
  };

  const ledger = createLedger();
  const bus = createSimBus(world, random, weather, suffer);
  const durable = createMemoryLog();
  const log: SimLogOptions = {
    world,
    random,
    weather,
    durable,
    isCalm: () => bus.calm,
    met: suffer,
    appended(records, outcomes) {
      for (const [i, record] of records.entries()) if (outcomes[i] === "appended") enter(ledger, record);
    },
  };
  foundRoom(durable, room, random, start, log.appended);
  const cluster = createCluster(world, random, bus, log, weather);
  const checks = createChecks(ledger, room, meet);
  cluster.startKeeper();
  for (const node of cluster.gateways) cluster.startGateway(node);
  const clients = gather(world, random, weather, cluster, checks, trace);

  const stormEnds = start + weather.stormMs;
  for (const client of clients) behave(client, clients, world, random, weather, stormEnds);
  brew(world, random, weather, cluster, clients, suffer);
  world.runUntil(stormEnds);
  calmDown(cluster, clients, bus);
  world.runUntil(stormEnds + weather.calmMs);
  checks.settled(clients);
  checkReplay(durable);
  return { clients: clients.length, delivered: checks.delivered, faults, met };
}

const cast: readonly Role[] = [
  "host",
  "participant",
  "moderator",
  "participant",
  "viewer",
  "guest",
  "participant",
];

function gather(
  world: World,
  random: Random,
  weather: Weather,
  cluster: Cluster,
  checks: ReturnType<typeof createChecks>,
  trace: (line: string) => void,
): Client[] {
  return cast.slice(0, weather.clients).map((role, i) => {
    const client = createClient({
      world,
      random,
      room,
      person: personId(role === "guest" ? `guest${i}` : `${role}-${i}`),
      role,
      linkMs: weather.linkMs,
      gateway: () => random.pick(cluster.gateways),
      sent: checks.sent,
      heard(own, frame) {
        trace(`${Math.round(world.now - start)} ${own.person} < ${JSON.stringify(frame)}`);
        checks.heard(own, frame);
      },
      said: (own, request) =>
        trace(`${Math.round(world.now - start)} ${own.person} > ${JSON.stringify(request)}`),
      told(own, effect) {
        if (effect.name === "staff" && effect.value.k === "held") own.held.add(effect.value.message.id);
      },
    });
    world.plan(random.next() * 300, () => {
      client.feed({ i: "entered", room, kept: null });
      client.feed({ i: "started" });
    });
    return client;
  });
}

function behave(
  client: Client,
  clients: readonly Client[],
  world: World,
  random: Random,
  weather: Weather,
  until: number,
): void {
  let count = 0;
  function next(): void {
    if (world.now >= until) return;
    act(client, clients, room, random, weather, count++);
    world.plan(weather.actionEveryMs * random.next() * 2, next);
  }
  world.plan(300 + random.next() * 500, next);
}

/** Plans the faults of the storm. */
function brew(
  world: World,
  random: Random,
  weather: Weather,
  cluster: Cluster,
  clients: readonly Client[],
  suffer: (fault: string) => void,
): void {
  const plan = (times: number, fault: string, run: () => void): void => {
    for (let i = 0; i < times; i++) {
      world.plan(500 + random.next() * (weather.stormMs - 600), () => {
        suffer(fault);
        run();
      });
    }
  };
  plan(weather.keeperCrashes, "keeper killed", () => {
    cluster.kill(cluster.keeper);
    world.plan(random.integer(20, 2_500), () => !cluster.keeper.alive && cluster.startKeeper());
  });
  plan(weather.gatewayCrashes, "gateway killed", () => {
    const node = random.pick(cluster.gateways);
    cluster.kill(node.process);
    for (const client of clients) if (client.wire?.node === node) client.wire.snap();
    world.plan(random.integer(20, 2_500), () => !node.process.alive && cluster.startGateway(node));
  });
  plan(weather.connectionsBreak, "connection broken", () => random.pick(clients).wire?.snap());
  plan(weather.connectionsHalfOpen, "connection half open", () => random.pick(clients).wire?.freeze());
  plan(weather.readersStall, "reader stalled", () =>
    random.pick(clients).wire?.stall(random.integer(500, 20_000)),
  );
  plan(weather.tabsHidden, "tab hidden", () => {
    const client = random.pick(clients);
    client.feed({ i: "hidden" });
    world.plan(random.integer(20_000, 45_000), () => client.feed({ i: "shown" }));
  });
  plan(weather.reloads, "tab reloaded", () => random.pick(clients).reload());
}

function calmDown(cluster: Cluster, clients: readonly Client[], bus: ReturnType<typeof createSimBus>): void {
  bus.calm = true;
  if (!cluster.keeper.alive) cluster.startKeeper();
  for (const node of cluster.gateways) if (!node.process.alive) cluster.startGateway(node);
  for (const client of clients) client.feed({ i: "online" });
}

/** What a restart would make of the log is the same, from the snapshot and from the first record. */
function checkReplay(durable: ReturnType<typeof createMemoryLog>): void {
  durable.load(room, (loaded) => {
    if (!loaded.ok || loaded.value === "no-such-room") throw new Error("The room is gone from the log.");
    const fromSnapshot = takeSnapshot(stateFrom(room, loaded.value));
    const { head } = loaded.value;
    durable.records(room, 1, head.offset, (all) => {
      if (!all.ok || all.value === "no-such-room") throw new Error("The records are gone from the log.");
      const fromRecords = takeSnapshot(stateFrom(room, { head, snapshot: null, records: all.value }));
      must(
        JSON.stringify(comparable(fromSnapshot)) === JSON.stringify(comparable(fromRecords)),
        "R3 snapshot and replay make the same room",
      );
    });
  });
}

/** Taps reach the journal as totals, now and then: a snapshot may be ahead of the records in these, and in nothing else. */
function comparable(snapshot: ReturnType<typeof takeSnapshot>): object {
  return { ...snapshot, reactions: [], plain: { ...snapshot.plain, tallyVersion: 0 } };
}
