import type { Bus, BusMessage } from "./bus.ts";
import { type BusOptions, boundsOf } from "./bus-options.ts";
import { createQueue, createSubscriptions, type Subscriptions } from "./delivery.ts";

/** A bus inside one process: messages are handed on as they are, so neither head nor body may be changed afterwards. */
export type LocalHub = { connect(): Bus };

export function createLocalBus(options: BusOptions = {}): Bus {
  return createLocalHub(options).connect();
}

type End = { subscriptions: Subscriptions; resets: (() => void)[] };

/** One queue for all ends: what an end published before it closed still reaches the others. */
export function createLocalHub(options: BusOptions = {}): LocalHub {
  const ends = new Set<End>();
  const post = createQueue(boundsOf(options), deliver, reset);

  function deliver(subject: string, message: BusMessage): void {
    for (const end of ends) end.subscriptions.deliver(subject, message);
  }

  function reset(): void {
    for (const end of ends) end.resets.forEach((tell) => tell());
  }

  function connect(): Bus {
    const end: End = { subscriptions: createSubscriptions(), resets: [] };
    ends.add(end);
    return {
      publish(subject, message) {
        if (ends.has(end)) post(subject, message);
      },
      subscribe: end.subscriptions.add,
      onReset: (tell) => void end.resets.push(tell),
      onReachable: (tell) => tell(true),
      close() {
        ends.delete(end);
        end.subscriptions.clear();
      },
    };
  }

  return { connect };
}
