import type { Time } from "@chorus/protocol/ids.ts";

export type BudgetBounds = { perSecond: number; burst: number; addressesMax: number };

/** How much each address may still ask for: a bucket that fills evenly, and is forgotten once it is full again. */
export type AddressBudget = {
  /** Zero when it may, else after how many milliseconds it may. */
  spend(address: string, cost: number, now: Time): number;
};

type Bucket = { left: number; at: Time };

/**
 * @param forgotten called when an address had to be forgotten before its bucket was full: so many addresses at once
 * are an attack or a bound too low.
 */
export function createAddressBudget(bounds: BudgetBounds, forgotten: () => void): AddressBudget {
  /* Least recently used first. */
  const buckets = new Map<string, Bucket>();

  function spend(address: string, cost: number, now: Time): number {
    const known = buckets.get(address);
    const left = known === undefined ? bounds.burst : filled(known, now);
    const waitMs = left >= cost ? 0 : Math.ceil(((cost - left) * 1_000) / bounds.perSecond);
    buckets.delete(address);
    buckets.set(address, { left: waitMs === 0 ? left - cost : left, at: now });
    if (buckets.size > bounds.addressesMax) forgetOldest(now);
    return waitMs;
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

  return { spend };
}
