import type { Bus, BusMessage } from "@chorus/server/bus/bus.ts";
import type { Random } from "./random.ts";
import type { Weather } from "./weather.ts";
import type { Process, World } from "./world.ts";

/** The bus between processes: it delays, and in bad weather it loses, repeats and overtakes. */
export type SimBus = {
  connect(process: Process): Bus;
  /** A process has come back: whoever it talks with hears that messages may be lost, if this bus tells. */
  reset(): void;
  calm: boolean;
};

type End = {
  process: Process;
  life: number;
  subscriptions: Map<string, Set<(message: BusMessage) => void>>;
  resets: (() => void)[];
};

export function createSimBus(
  world: World,
  random: Random,
  weather: Weather,
  met: (fault: string) => void,
): SimBus {
  let ends: End[] = [];
  const lastArrival = new Map<string, number>();
  const bus: SimBus = {
    calm: false,
    connect(process) {
      ends = ends.filter((end) => lives(end));
      const own: End = { process, life: process.life, subscriptions: new Map(), resets: [] };
      ends.push(own);
      return {
        publish(subject, message) {
          if (!lives(own)) return;
          const head = JSON.stringify(message.head);
          for (const end of ends) {
            if (end.subscriptions.has(subject)) send(own, end, subject, head, message.body);
          }
        },
        subscribe(subject, receive) {
          const receivers = own.subscriptions.get(subject) ?? new Set();
          own.subscriptions.set(subject, receivers.add(receive));
          return () => {
            receivers.delete(receive);
            if (receivers.size === 0) own.subscriptions.delete(subject);
          };
        },
        onReset: (reset) => own.resets.push(reset),
        onReachable: () => {},
        close: () => {},
      };
    },
    reset() {
      if (!weather.busResets) return;
      for (const end of ends)
        if (lives(end)) for (const reset of end.resets) world.plan(1, () => lives(end) && reset());
    },
  };
  return bus;

  function send(from: End, to: End, subject: string, head: string, body: Uint8Array): void {
    if (from === to) return deliverAt(world.now, to, subject, head, body);
    if (!bus.calm && random.chance(weather.busLoss)) return met("bus message lost");
    const lane = `${from.process.name} ${to.process.name} ${subject}`;
    const inOrder = Math.max(world.now + 0.1 + random.next() * 2, lastArrival.get(lane) ?? 0);
    if (!bus.calm && random.chance(weather.busLate)) {
      met("bus message late");
      deliverAt(inOrder + random.next() * 1_500, to, subject, head, body);
    } else {
      lastArrival.set(lane, inOrder);
      deliverAt(inOrder, to, subject, head, body);
    }
    if (!bus.calm && random.chance(weather.busRepeat)) {
      met("bus message repeated");
      deliverAt(inOrder + random.next() * 3_000, to, subject, head, body);
    }
  }

  function deliverAt(at: number, to: End, subject: string, head: string, body: Uint8Array): void {
    world.plan(at - world.now, () => {
      if (!lives(to)) return;
      for (const receive of to.subscriptions.get(subject) ?? []) receive({ head: JSON.parse(head), body });
    });
  }
}

function lives(end: End): boolean {
  return end.process.alive && end.process.life === end.life;
}
