/**
 * What every answer carries, whatever it is. `connect-src 'self'` covers the WebSocket of this very address (CSP 3,
 * section 6.7.2.8: 'self' matches ws beside http and wss beside https), so that neither the Host header, which a
 * client writes, nor a scheme for any host needs to stand in the policy.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": policy.join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};
