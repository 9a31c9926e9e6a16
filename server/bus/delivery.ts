import type { BusMessage } from "./bus.ts";
import type { BusBounds } from "./bus-options.ts";

/** Delivery inside one process: who listens, and the queue that keeps a subscriber out of its publisher's turn. */
export type Receive = (message: BusMessage) => void;

export type Subscriptions = {
  add(subject: string, receive: Receive): () => void;
  has(subject: string): boolean;
  subjects(): Iterable<string>;
  /** Calls every subscriber now. Not for `publish`: its caller would be re-entered. */
  deliver(subject: string, message: BusMessage): void;
  clear(): void;
};

type Subscription = { receive: Receive; ended: boolean };

export function createSubscriptions(): Subscriptions {
  const bySubject = new Map<string, readonly Subscription[]>();

  // Lists are replaced, not changed: a delivery under way neither meets a new subscriber nor skips one.
  function add(subject: string, receive: Receive): () => void {
    const subscription = { receive, ended: false };
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), subscription]);
    return () => {
      subscription.ended = true;
      const others = (bySubject.get(subject) ?? []).filter((other) => other !== subscription);
      if (others.length === 0) bySubject.delete(subject);
      else bySubject.set(subject, others);
    };
  }

  function deliver(subject: string, message: BusMessage): void {
    for (const subscription of bySubject.get(subject) ?? []) {
      if (!subscription.ended) subscription.receive(message);
    }
  }

  function clear(): void {
    for (const subscriptions of bySubject.values()) {
      for (const subscription of subscriptions) subscription.ended = true;
    }
    bySubject.clear();
  }

  return {
    add,
    has: (subject) => bySubject.has(subject),
    subjects: () => bySubject.keys(),
    deliver,
    clear,
  };
}

/** What a head and its place in the queue are taken to weigh: measuring it would mean to encode it. */
const headBytesNominal = 256;

/**
 * Delivers what is posted in a turn of its own, in order. `setImmediate`, not a microtask: two subscribers that answer
 * each other must leave room for sockets and timers. What does not fit is lost; `overflowed` is called after what did.
 */
export function createQueue(
  bounds: BusBounds,
  deliver: (subject: string, message: BusMessage) => void,
  overflowed: () => void,
): (subject: string, message: BusMessage) => void {
  let waiting: { subject: string; message: BusMessage }[] = [];
  let bytes = 0;
  let lost = false;

  function post(subject: string, message: BusMessage): void {
    if (waiting.length === 0 && !lost) setImmediate(drain);
    const weight = message.body.byteLength + headBytesNominal;
    if (bytes + weight > bounds.bufferBytesMax) {
      lost = true;
      bounds.onLost("overflow", 1);
      return;
    }
    waiting.push({ subject, message });
    bytes += weight;
  }

  function drain(): void {
    const batch = waiting;
    const lostSome = lost;
    waiting = [];
    bytes = 0;
    lost = false;
    for (const { subject, message } of batch) deliver(subject, message);
    if (lostSome) overflowed();
  }

  return post;
}
