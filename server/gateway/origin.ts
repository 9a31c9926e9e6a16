import type { IncomingHttpHeaders } from "node:http";
import type { Origins } from "../config.ts";

/**
 * Whether a page may use this server (RFC 6454). Programs that are no browser send no Origin and are let through:
 * they could claim any.
 */
export function originAllowed(headers: IncomingHttpHeaders, origins: Origins): boolean {
  const { origin } = headers;
  if (origin === undefined || origins === "any") return true;
  if (isSame(origin, headers.host)) return true;
  return origins !== "same" && origins.includes(origin);
}

/** The scheme is the proxy's business; the host is what tells sites apart. */
function isSame(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
