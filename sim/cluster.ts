import { step } from "@chorus/core/room/room.ts";
import { createRoomState } from "@chorus/core/room/state.ts";
import {
  entryId,
  type EntryId,
  epoch,
  key,
  personId,
  type RoomId,
  time,
  type Time,
} from "@chorus/protocol/ids.ts";
import type { Grant, Role } from "@chorus/protocol/people.ts";
import type { Hello } from "@chorus/protocol/requests.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import { startGateway } from "@chorus/server/gateway/gateway.ts";
import type { Verdict } from "@chorus/server/gateway/state.ts";
import type { Person } from "@chorus/server/identity/person.ts";
import { createRevocations } from "@chorus/server/identity/revocations.ts";
import { startKeeper } from "@chorus/server/keeper/keeper.ts";
import { recordOf } from "@chorus/server/keeper/record.ts";
import type { Log } from "@chorus/server/log/log.ts";
import type { SimBus } from "./bus.ts";
import { simLog, type SimLogOptions } from "./log.ts";
import type { GatewayNode } from "./network.ts";
import type { Random } from "./random.ts";
import type { Weather } from "./weather.ts";
import { clockOf, type Process, type World } from "./world.ts";

/** The server side of the world: a keeper and gateways as processes that can be killed and come back. */
export type Cluster = {
  readonly keeper: Process;
  readonly gateways: GatewayNode[];
  startKeeper(): void;
  startGateway(node: GatewayNode): void;
  kill(process: Process): void;
};

const tokenLifeMs = 600_000;

export function createCluster(
  world: World,
  random: Random,
  bus: SimBus,
  log: SimLogOptions,
  weather: Pick<Weather, "gateways" | "roomShare">,
): Cluster {
  const keeper: Process = { name: "keeper", alive: false, life: 0 };
  const mintId = (): EntryId => entryId(random.name(16));
  const cluster: Cluster = {
    keeper,
    gateways: Array.from({ length: weather.gateways }, (_, i) => ({
      process: { name: `gateway-${i}`, alive: false, life: 0 },
      gateway: null,
    })),
    startKeeper() {
      revive(keeper);
      startKeeper({
        log: simLog(log, keeper),
        bus: bus.connect(keeper),
        clock: clockOf(world, keeper),
        instance: `life ${keeper.life}`,
        mintEpoch: () => epoch(random.name(12)),
        observe: {},
        mintId,
      });
      bus.reset();
    },
    startGateway(node) {
      revive(node.process);
      const clock = clockOf(world, node.process);
      node.gateway = startGateway({
        id: `${node.process.name}.${node.process.life}`,
        bus: bus.connect(node.process),
        log: simLog(log, node.process),
        clock,
        caps: {
          connections: 1_000,
          perAddress: 1_000,
          perPerson: 1_000,
          perRoom: 1_000,
          roomShare: weather.roomShare,
        },
        mintId,
        authenticate: (hello, now, done) =>
          clock.after(random.next() * 5, () => done(admit(hello, now, mintId))),
        renew: (token, now, done) => done(verdictOf(token, now)),
        resumeToken: (person) => `resume ${JSON.stringify(person)}`,
        revocations: createRevocations(clock),
        deflateReadersMin: 1,
        observe: {},
      }).gateway;
    },
    kill(process) {
      process.alive = false;
    },
  };
  return cluster;
}

/** A room that guests may enter, there before the weather begins. */
export function foundRoom(
  durable: Log,
  room: RoomId,
  random: Random,
  now: number,
  appended: SimLogOptions["appended"],
): void {
  const name = epoch(random.name(12));
  durable.create(room, name, () => {});
  durable.open(room, (outcome) => {
    if (!outcome.ok || outcome.value === "no-such-room") throw new Error("The room could not be founded.");
    const settings = { ...defaultRoomSettings, guests: true };
    const { draft } = step(
      createRoomState(room, name),
      [
        {
          i: "command",
          origin: { gateway: "", connection: 0 },
          actor: {
            id: personId("founder"),
            name: "Founder",
            skeleton: "",
            role: "host",
            grants: ["host", "moderate"],
          },
          command: { t: "moderate", room, key: key("founding:0"), act: { do: "settings", settings } },
          id: entryId(random.name(16)),
          found: null,
        },
      ],
      time(now),
    );
    if (draft === null) throw new Error("Founding a room changed nothing.");
    const record = recordOf(draft, room, name, outcome.value.fence);
    durable.append([record], (result) => result.ok && appended([record], result.value));
  });
}

function revive(process: Process): void {
  process.alive = true;
  process.life += 1;
}

/** Tokens of this world say in plain words who somebody is. */
function admit(hello: Hello, now: Time, mintId: () => EntryId): Verdict {
  if (hello.resume !== undefined) {
    return { ok: true, person: JSON.parse(hello.resume.slice("resume ".length)) as Person, guest: null };
  }
  if (hello.token !== undefined) {
    const guest = hello.token.startsWith("token guest") ? hello.token : null;
    return { ...verdictOf(hello.token, now), guest } as Verdict;
  }
  const token = `token guest-${mintId()} guest`;
  return { ...verdictOf(token, now), guest: token } as Verdict;
}

function verdictOf(token: string, now: Time): Verdict {
  const [, id = "", role = "viewer"] = token.split(" ");
  const person: Person = {
    id: personId(id),
    name: role === "guest" ? null : `Name of ${id}`,
    kind: "viewer",
    issued: now,
    expires: time(now + tokenLifeMs),
    guest: role === "guest",
    rooms: { "*": { role: role as Role, grants: grantsOf(role) } },
  };
  return { ok: true, person, guest: null };
}

function grantsOf(role: string): Grant[] {
  if (role === "host") return ["read", "say", "react", "moderate", "host"];
  if (role === "moderator") return ["read", "say", "react", "moderate"];
  return role === "participant" ? ["read", "say", "react", "replay"] : ["read", "say", "react"];
}
