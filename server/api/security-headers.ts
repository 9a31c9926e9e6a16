import type { Origins } from "../config.ts";

/**
 * What every answer carries, whatever it is. `connect-src 'self'` covers the WebSocket of this very address (CSP 3,
 * section 6.7.2.8: 'self' matches ws beside http and wss beside https), so that neither the Host header, which a
 * client writes, nor a scheme for any host needs to stand in the policy.
 *
 * Pictures come from any https address, since a room's emotes are wherever its host keeps them, and pages are the same for
 * all rooms. A picture runs nothing; who serves it learns that somebody asked, and by `no-referrer` not from which page.
 */
const policyWithoutFrames = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
];

export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policyFor("'none'"),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  // Under require-corp no picture loads whose server has not thought of it. This one has them asked for without cookies.
  "cross-origin-embedder-policy": "credentialless",
  "cross-origin-resource-policy": "same-origin",
};

/** A page that others may frame: the server's own pages, and these. */
export function framedBy(framers: Origins): Readonly<Record<string, string>> {
  return { "content-security-policy": policyFor(ancestorsOf(framers)), ...forAnyPage };
}

/** A page with pictures, which come from a port of their own; media source extensions hand them to the page as a blob. */
export function policyWithMedia(origin: string): string {
  return policyFor("'none'")
    .replace("connect-src 'self'", `connect-src 'self' ${origin}`)
    .replace("img-src 'self'", `img-src 'self' ${origin}`)
    .concat(`; media-src blob: ${origin}`);
}

/** What a page of another origin may load, even one that is isolated and asks for consent. */
export const forAnyPage = { "cross-origin-resource-policy": "cross-origin" } as const;

function policyFor(frameAncestors: string): string {
  return [...policyWithoutFrames, `frame-ancestors ${frameAncestors}`].join("; ");
}

/** An asterisk among origins stands for all, as it does alone. */
function ancestorsOf(framers: Origins): string {
  if (framers === "same") return "'self'";
  return framers === "any" || framers.includes("*") ? "*" : ["'self'", ...framers].join(" ");
}
