import type { IncomingHttpHeaders } from "node:http";

/** Whether a client reads this coding. A weight of zero says no (RFC 9110, section 12.5.3). */
export function accepts({ "accept-encoding": accepted = "" }: IncomingHttpHeaders, coding: string): boolean {
  const wanted = new RegExp(String.raw`^\s*(?:x-)?${coding}\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$`, "i");
  return String(accepted)
    .split(",")
    .some((one) => wanted.test(one));
}
