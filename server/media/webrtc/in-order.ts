import type { Packet } from "./packet.ts";

/**
 * Packets in the order in which they were sent, each once. A hole is waited for; when its time is over, what comes behind
 * it goes on, and is told that something is missing before it.
 */
export type InOrder = {
  add(packet: Packet, now: number): void;
  /** Goes on behind holes that are older than the deadline. */
  tick(now: number): void;
};

export type InOrderBounds = { readonly waitMs: number; readonly packetsMax: number };

export function createInOrder(
  { waitMs, packetsMax }: InOrderBounds,
  take: (packet: Packet, afterLoss: boolean) => void,
): InOrder {
  const waiting = new Map<number, { packet: Packet; at: number }>();
  let next: number | null = null;

  function drain(afterLoss: boolean): void {
    let lossy = afterLoss;
    while (next !== null) {
      const entry = waiting.get(next);
      if (entry === undefined) return;
      waiting.delete(next);
      next += 1;
      take(entry.packet, lossy);
      lossy = false;
    }
  }

  function skip(): void {
    next = Math.min(...waiting.keys());
    drain(true);
  }

  return {
    add(packet, now) {
      next ??= packet.sequence;
      if (packet.sequence < next || waiting.has(packet.sequence)) return;
      waiting.set(packet.sequence, { packet, at: now });
      drain(false);
      if (waiting.size > packetsMax) skip();
    },
    tick(now) {
      const oldest = waiting.values().next();
      if (oldest.done !== true && now - oldest.value.at >= waitMs) skip();
    },
  };
}
