import type { Origins } from "../config.ts";

/**
 * What every answer carries, whatever it is. `connect-src 'self'` covers the WebSocket of this very address (CSP 3,
 * section 6.7.2.8: 'self' matches ws beside http and wss beside https), so that neither the Host header, which a
 * client writes, nor a scheme for any host needs to stand in the policy.
 */
const policyWithoutFrames = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
];

export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policyFor("'none'"),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/** A page that others may frame: those that may use this server at all. */
export function framedBy(origins: Origins): Readonly<Record<string, string>> {
  const named = origins === "same" || origins === "any" ? [] : origins;
  const ancestors = origins === "any" ? "*" : ["'self'", ...named].join(" ");
  return { "content-security-policy": policyFor(ancestors), ...forAnyPage };
}

/** What a page of another origin may load, even one that is isolated and asks for consent. */
export const forAnyPage = { "cross-origin-resource-policy": "cross-origin" } as const;

function policyFor(frameAncestors: string): string {
  return [...policyWithoutFrames, `frame-ancestors ${frameAncestors}`].join("; ");
}
