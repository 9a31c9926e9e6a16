import type { IncomingHttpHeaders } from "node:http";

/** What a host and port are written with. Whatever else a client sends as its host does not come into a page. */
const hostPattern = /^[a-z0-9._:[\]-]{1,255}$/i;

/** Behind a proxy that ends TLS only the proxy knows the scheme. Who lies about it gets a wrong link, and nobody else does. */
export function originOf({ host = "", "x-forwarded-proto": proto }: IncomingHttpHeaders): string | null {
  return hostPattern.test(host) ? `${proto === "https" ? "https" : "http"}://${host}` : null;
}
