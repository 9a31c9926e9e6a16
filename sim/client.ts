import type { Frame } from "@chorus/protocol/frames.ts";
import type { EntryId, PersonId, RoomId } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { Command, Request } from "@chorus/protocol/requests.ts";
import * as bounds from "@chorus/sdk/bounds.ts";
import { type Input, step } from "@chorus/sdk/machine.ts";
import { pendingKey, takeKey } from "@chorus/sdk/pending.ts";
import { createMachine, type Effect, findRoom, type Machine, type TellRoom } from "@chorus/sdk/state.ts";
import { connectWire, type GatewayNode, type Wire } from "./network.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** A person at a browser tab, driven by the real SDK machine. */
export type Client = {
  readonly person: PersonId;
  readonly role: Role;
  machine: Machine;
  wire: Wire | null;
  /** Unique over the connections of all clients. */
  connection: number;
  /** Messages that wait for a moderator, as far as this one has heard. */
  readonly held: Set<EntryId>;
  feed(input: Input): void;
  command(make: (key: Command["key"]) => Command): void;
  /** The tab is loaded again: everything is forgotten but what was kept. */
  reload(): void;
};

export type ClientOptions = {
  world: World;
  random: Random;
  room: RoomId;
  person: PersonId;
  role: Role;
  linkMs: number;
  /** A gateway to try, whichever a load balancer would give. */
  gateway(): GatewayNode;
  sent(client: Client, frames: readonly Frame[], node: GatewayNode): void;
  heard(client: Client, frame: Frame): void;
  said(client: Client, request: Request): void;
  told(client: Client, effect: TellRoom): void;
};

export function createClient(options: ClientOptions): Client {
  const { world, random, room, person, role } = options;
  const storage = new Map<string, unknown>();
  let wakePlannedAt = Infinity;
  let connections = 0;
  const client: Client = {
    person,
    role,
    machine: newMachine(),
    wire: null,
    connection: 0,
    held: new Set(),
    feed,
    command(make) {
      feed({ i: "commanded", command: make(takeKey(client.machine)) });
    },
    reload() {
      client.wire?.close(1001);
      client.wire = null;
      client.machine = newMachine();
      begin();
    },
  };
  return client;

  function newMachine(): Machine {
    const guest = storage.get("guest");
    return createMachine({
      session: random.name(16),
      hasToken: role !== "guest",
      guest: typeof guest === "string" ? guest : null,
      name: null,
      kind: null,
      accept: random.next() < 0.5 ? ["deflate"] : [],
      keeps: true,
      messagesMax: bounds.messagesShownMax,
      idsMax: bounds.idsRememberedMax,
    });
  }

  function begin(): void {
    feed({ i: "entered", room, kept: storage.get(pendingKey(room)) ?? null });
    feed({ i: "started" });
  }

  function feed(input: Input): void {
    const { machine } = client;
    for (const effect of step(machine, input, world.now, random.next())) perform(machine, effect);
    wakeLater(machine);
  }

  function perform(machine: Machine, effect: Effect): void {
    if (machine !== client.machine) return;
    switch (effect.do) {
      case "open":
        return open(machine, effect.socket);
      case "send":
        options.said(client, effect.request);
        return client.wire?.send(JSON.stringify(effect.request));
      case "close":
        client.wire?.close(effect.code);
        client.wire = null;
        return;
      case "fetch-token":
        return world.plan(
          random.next() * 100,
          () => machine === client.machine && feed({ i: "token", token: `token ${person} ${role}` }),
        );
      case "keep":
        if (effect.value === null) storage.delete(effect.key);
        else storage.set(effect.key, structuredClone(effect.value));
        return;
      case "tell-room":
        return options.told(client, effect);
      case "tell":
    }
  }

  function open(machine: Machine, socket: number): void {
    connections += 1;
    const connection = connections;
    client.connection = connection;
    client.wire = connectWire(world, random, options.linkMs, options.gateway(), {
      sent: (frames, node) => connection === client.connection && options.sent(client, frames, node),
      opened: () => machine === client.machine && feed({ i: "opened", socket }),
      received(frame) {
        if (machine !== client.machine || machine.link.socket !== socket) return;
        options.heard(client, frame);
        feed({ i: "received", socket, frame, size: JSON.stringify(frame).length });
      },
      closed: (code) => machine === client.machine && feed({ i: "closed", socket, code, retryMs: null }),
    });
  }

  function wakeLater(machine: Machine): void {
    if (machine.wakeAt === Infinity || (machine.wakeAt >= wakePlannedAt && wakePlannedAt > world.now)) return;
    const at = Math.max(machine.wakeAt, world.now + 0.5);
    wakePlannedAt = at;
    world.plan(at - world.now, () => {
      if (wakePlannedAt === at) wakePlannedAt = Infinity;
      feed({ i: "woken" });
    });
  }
}

export function roomOf(client: Client, room: RoomId): ReturnType<typeof findRoom> {
  return findRoom(client.machine, room);
}
