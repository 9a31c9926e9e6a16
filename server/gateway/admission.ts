import type { Time } from "@chorus/protocol/ids.ts";

/**
 * How many more connections are taken in at the moment: a token bucket. When thousands come back at once, those who are in
 * already are served on, and the others come a little later, each at a time of their own.
 */
export type Admission = { tokens: number; at: Time };
export type AdmissionBounds = { readonly perSecond: number; readonly burst: number };

export function openAdmission(now: Time, { burst }: AdmissionBounds): Admission {
  return { tokens: burst, at: now };
}

/** Whether one more may come; then it counts. */
export function admits(admission: Admission, now: Time, { perSecond, burst }: AdmissionBounds): boolean {
  const earned = ((now - admission.at) * perSecond) / 1_000;
  admission.tokens = Math.min(burst, admission.tokens + earned);
  admission.at = now;
  if (admission.tokens < 1) return false;
  admission.tokens -= 1;
  return true;
}
