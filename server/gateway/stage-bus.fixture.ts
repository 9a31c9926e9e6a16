import type { Bus, BusMessage } from "../bus/bus.ts";
import { createSubscriptions, type Subscriptions } from "../bus/delivery.ts";
import type { Clock } from "../clock.ts";

/** What becomes of a message on its way: it arrives, so many milliseconds late, twice, or never. */
export type Fate = "arrives" | "lost" | "twice" | number;

/** A bus in virtual time, in the hands of a test. */
export type StageBus = {
  connect(): Bus;
  /** Decides about every message; `m` is the kind of its head. */
  fate: (subject: string, m: string) => Fate;
  /** How many messages of a kind were published to a subject. */
  sent(subject: string, m: string): number;
  /** Every process is told that messages may have been lost. */
  resets(): void;
  isReachable(reachable: boolean): void;
};

type End = {
  subscriptions: Subscriptions;
  resets: (() => void)[];
  changes: ((reachable: boolean) => void)[];
};

export function stageBus(clock: Clock): StageBus {
  const ends = new Set<End>();
  const counts = new Map<string, number>();
  const bus: StageBus = {
    fate: () => "arrives",
    sent: (subject, m) => counts.get(`${subject} ${m}`) ?? 0,
    resets: () => ends.forEach(({ resets }) => resets.forEach((tell) => tell())),
    isReachable: (reachable) => ends.forEach(({ changes }) => changes.forEach((tell) => tell(reachable))),
    connect,
  };
  return bus;

  function connect(): Bus {
    const own: End = { subscriptions: createSubscriptions(), resets: [], changes: [] };
    ends.add(own);
    return {
      publish(subject, message) {
        if (ends.has(own)) send(subject, message);
      },
      subscribe: own.subscriptions.add,
      onReset: (tell) => void own.resets.push(tell),
      onReachable: (tell) => void own.changes.push(tell),
      close() {
        ends.delete(own);
        own.subscriptions.clear();
      },
    };
  }

  /** Heads are copied, as between processes: nothing that is changed afterwards may reach the other side. */
  function send(subject: string, { head, body }: BusMessage): void {
    const { m } = head as { m: string };
    const name = `${subject} ${m}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const fate = bus.fate(subject, m);
    if (fate === "lost") return;
    const text = JSON.stringify(head);
    const times = fate === "twice" ? 2 : 1;
    const lateMs = typeof fate === "number" ? fate : 0;
    for (let i = 0; i < times; i++)
      clock.after(lateMs, () => deliver(subject, { head: JSON.parse(text), body }));
  }

  function deliver(subject: string, message: BusMessage): void {
    for (const end of ends) end.subscriptions.deliver(subject, message);
  }
}
