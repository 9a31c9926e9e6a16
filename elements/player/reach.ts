import type { Broadcast } from "./broadcast.ts";
import { urlOf } from "./paths.ts";

/** Between which moments one can go: Unix ms by the server's clock. */
export type Reach = { readonly from: number; readonly to: number };

/**
 * Where one can go in a broadcast, with its recording or without.
 *
 * @param its where one can go by the way that is open.
 * @returns null while nothing is known.
 */
export function reachOf(broadcast: Broadcast | null, its: Reach | null, now: number): Reach | null {
  if (broadcast === null || broadcast.state === "off") return null;
  if (broadcast.state === "ended") return its;
  const since = broadcast.since ?? its?.from ?? null;
  if (since === null) return its;
  const from = canRewind(broadcast) ? Math.min(since, its?.from ?? since) : (its?.from ?? null);
  return from === null ? null : { from, to: Math.max(now, from) };
}

export function canRewind(broadcast: Broadcast | null): boolean {
  return broadcast !== null && urlOf(broadcast, "rewind") !== null;
}
