import type { Time } from "@chorus/protocol/ids.ts";

export type BudgetBounds = { perSecond: number; burst: number; addressesMax: number };

/** How much each address may still ask for: a bucket that fills evenly, and is forgotten once it is full again. */
export type AddressBudget = {
  /** Zero when it may, else after how many milliseconds it may. */
  spend(address: string, cost: number, now: Time): number;
  /** What another gateway has granted: it counts here too, down to an empty bucket and one burst of debt. */
  charge(address: string, cost: number, now: Time): void;
  /** Who has spent at least so much here since this was asked last. */
  takeSpent(least: number): [string, number][];
};

type Bucket = { left: number; at: Time };

/**
 * @param forgotten called when an address had to be forgotten before its bucket was full: so many addresses at once
 * are an attack or a bound too low.
 */
export function createAddressBudget(bounds: BudgetBounds, forgotten: () => void): AddressBudget {
  /* Least recently used first. */
  const buckets = new Map<string, Bucket>();
  let spent = new Map<string, number>();

  function spend(address: string, cost: number, now: Time): number {
    const left = leftOf(address, now);
    const waitMs = left >= cost ? 0 : Math.ceil(((cost - left) * 1_000) / bounds.perSecond);
    put(address, waitMs === 0 ? left - cost : left, now);
    if (waitMs === 0 && (spent.has(address) || spent.size < bounds.addressesMax))
      spent.set(address, (spent.get(address) ?? 0) + cost);
    return waitMs;
  }

  function charge(address: string, cost: number, now: Time): void {
    put(address, Math.max(-bounds.burst, leftOf(address, now) - cost), now);
  }

  function takeSpent(least: number): [string, number][] {
    const those = [...spent].filter(([, cost]) => cost >= least);
    spent = new Map();
    return those;
  }

  function leftOf(address: string, now: Time): number {
    const known = buckets.get(address);
    return known === undefined ? bounds.burst : filled(known, now);
  }

  function put(address: string, left: number, now: Time): void {
    buckets.delete(address);
    buckets.set(address, { left, at: now });
    if (buckets.size > bounds.addressesMax) forgetOldest(now);
  }

  function filled({ left, at }: Bucket, now: Time): number {
    return Math.min(bounds.burst, left + (Math.max(0, now - at) * bounds.perSecond) / 1_000);
  }

  function forgetOldest(now: Time): void {
    const [oldest] = buckets;
    if (oldest === undefined) return;
    buckets.delete(oldest[0]);
    if (filled(oldest[1], now) < bounds.burst) forgotten();
  }

  return { spend, charge, takeSpent };
}
