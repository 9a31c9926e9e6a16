import type { IncomingMessage, ServerResponse } from "node:http";
import type { Config, Origins } from "../config.ts";
import { isLoopback } from "../identity/client-address.ts";
import { type Problem, problem, sendProblem } from "./problem.ts";

const methods = "GET, HEAD, POST, PUT";
const headers = "Authorization, Content-Type";
const preflightSeconds = "600";

/** Whose pages may read answers and open connections. Programs send no Origin and are not asked. */
export function isOriginAllowed(origins: Origins, origin: string, host: string | undefined): boolean {
  if (origins === "any" || isOwn(origin, host)) return true;
  return origins !== "same" && origins.includes(origin);
}

/**
 * A page from elsewhere can make its own name lead to this machine, and is then of the server's own origin; it cannot make
 * the browser say another name than its own. So what serves this machine alone answers only to this machine's names.
 */
export function namesThisMachine(host: string | undefined): boolean {
  const address = `http://${host ?? ""}`;
  return URL.canParse(address) && isLoopback(new URL(address).hostname);
}

/** A development server believes a key that everybody knows: on this machine no page from elsewhere may reach it. */
export function isMisdirected(config: Pick<Config, "dev" | "host">, host: string | undefined): boolean {
  return config.dev && isLoopback(config.host) && !namesThisMachine(host);
}

export const misdirected: Problem = problem(
  "misdirected",
  "Use 127.0.0.1 or localhost as the host: a server with --dev answers to no other name unless it has --dev-on-network.",
);

/** Tells a browser that the page may read the answer; without this it may not. */
export function markOrigin(origins: Origins, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("vary", "Origin");
  const { origin, host } = request.headers;
  if (origin === undefined || !isOriginAllowed(origins, origin, host)) return;
  response.setHeader("access-control-allow-origin", origins === "any" ? "*" : origin);
  response.setHeader("access-control-expose-headers", "Retry-After");
}

/** A browser's question before a request that only scripts can make (Fetch standard, section 3.3). True: answered. */
export function answerPreflight(
  origins: Origins,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { origin, host, "access-control-request-method": asked } = request.headers;
  if (request.method !== "OPTIONS" || origin === undefined || asked === undefined) return false;
  if (!isOriginAllowed(origins, origin, host)) {
    const detail =
      "Pages of this origin may not use this server: its operator can name the origin with --origins.";
    sendProblem(response, problem("forbidden-origin", detail));
    return true;
  }
  response.setHeader("access-control-allow-methods", methods);
  response.setHeader("access-control-allow-headers", headers);
  response.setHeader("access-control-max-age", preflightSeconds);
  response.writeHead(204).end();
  return true;
}

/** By host and port alone: behind a proxy that ends TLS the server does not know the scheme its pages have. */
function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
