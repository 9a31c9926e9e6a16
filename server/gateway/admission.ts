import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Gateway } from "./state.ts";

/**
 * How many more connections are taken in at the moment: a token bucket. When thousands come back at once, those who are in
 * already are served on, and the others come a little later, each at a time of their own.
 */
export type Admission = { tokens: number; at: Time; readonly bounds: AdmissionBounds };
export type AdmissionBounds = { readonly perSecond: number; readonly burst: number };

const usual: AdmissionBounds = { perSecond: limits.connectsPerSecond, burst: limits.connectsBurst };

export function openAdmission(now: Time, bounds = usual): Admission {
  return { tokens: bounds.burst, at: now, bounds };
}

/** Whether one more may come; then it counts. */
export function admits(admission: Admission, now: Time): boolean {
  const { perSecond, burst } = admission.bounds;
  const earned = ((now - admission.at) * perSecond) / 1_000;
  admission.tokens = Math.min(burst, admission.tokens + earned);
  admission.at = now;
  if (admission.tokens < 1) return false;
  admission.tokens -= 1;
  return true;
}

export const crowded = "More people come than this server takes in at once. Try again in a moment.";
/** By chance, so that not all come again at once. */
const retryWithinS = 5;

/** Null: one more is taken in, whatever carries them. Else after how many seconds they shall come again. */
export function turnedAwayFor({ admission, clock, observe }: Gateway): number | null {
  if (admits(admission, clock.now())) return null;
  observe.limit?.("connectsPerSecond");
  return 1 + Math.floor(Math.random() * retryWithinS);
}
