import type { IncomingMessage, ServerResponse } from "node:http";
import { addressOf } from "../../api/address-of.ts";
import { createAddressBudget } from "../../api/address-budget.ts";
import { apiLimits } from "../../api/api-limits.ts";
import type { HttpHandler } from "../../api/front.ts";
import type { ApiObserver } from "../../api/http-app.ts";
import { isMisdirected, isOriginAllowed, misdirected } from "../../api/origins.ts";
import { problem, sendProblem } from "../../api/problem.ts";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config.ts";

export type MediaFrontOptions = {
  config: Pick<Config, "origins" | "trustedProxies" | "dev" | "host" | "port">;
  clock: Clock;
  observe: ApiObserver;
};

/**
 * What every request for pictures passes first. What lies behind a signed prefix may be read by pages of every origin, as whoever
 * has the address may: so a cache keeps it once for all. The rest is for the server's own pages and those of `--origins`.
 */
export function createMediaFront(options: MediaFrontOptions, next: HttpHandler): HttpHandler {
  const { config, clock, observe } = options;
  const budget = createAddressBudget(
    {
      perSecond: apiLimits.apiRequestsPerSecond,
      burst: apiLimits.apiRequestsBurst,
      addressesMax: apiLimits.apiAddressesMax,
    },
    () => observe.limit?.("apiAddressesMax"),
  );

  return function handle(request, response) {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (isMisdirected(config, request.headers.host)) return sendProblem(response, misdirected);
    const isSigned = signed.test(request.url ?? "");
    const allowed = isSigned ? "*" : allowedOrigin(request);
    if (!isSigned) response.setHeader("vary", "Origin");
    if (allowed !== null) response.setHeader("access-control-allow-origin", allowed);
    response.setHeader("access-control-expose-headers", exposed);
    if (request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined)
      return preflight(response, allowed);
    const cost = isFree.test(request.url ?? "") ? 0 : 1;
    const waitMs =
      cost === 0 ? 0 : budget.spend(addressOf(request, config.trustedProxies), cost, clock.now());
    if (waitMs > 0) return refuse(response, waitMs);
    next(request, response);
  };

  function allowedOrigin({ headers: { origin, host } }: IncomingMessage): string | null {
    if (origin === undefined) return null;
    const own = isOriginAllowed(config.origins, origin, host) || isOwnPage(origin, host);
    return own ? (config.origins === "any" ? "*" : origin) : null;
  }

  /** The server's own pages come from another port of the same host; which one is not known where any was taken. */
  function isOwnPage(origin: string, host: string | undefined): boolean {
    if (host === undefined || !URL.canParse(origin) || !URL.canParse(`http://${host}`)) return false;
    const page = new URL(origin);
    const named = new URL(`${page.protocol}//${host}`);
    const port = page.port === "" ? (page.protocol === "https:" ? 443 : 80) : Number(page.port);
    return page.hostname === named.hostname && (config.port === 0 || port === config.port);
  }

  function refuse(response: ServerResponse, retryMs: number): void {
    const limit = "apiRequestsPerSecond";
    observe.limit?.(limit);
    const detail = "Wait as long as Retry-After says, then go on more slowly.";
    sendProblem(response, problem("rate", detail, { limit, retryMs }));
  }
}

/** Pictures are made to be shown on other pages, and none of these answers is a page. */
const headers: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "cross-origin",
};
const exposed = "Location, ETag, Link, Retry-After";
const signed = /^\/v1\/signed\//;
/** Files of a broadcast are asked for many times a second by each viewer, and several viewers share an address; so is health. */
const isFree = /^(\/v1\/signed\/[^/]+\/rooms\/[^/]+\/hls\/|\/(healthz|readyz)$)/;

function preflight(response: ServerResponse, allowed: string | null): void {
  if (allowed === null) {
    const detail =
      "Pages of this origin may not use this server: its operator can name the origin with --origins.";
    return sendProblem(response, problem("forbidden-origin", detail));
  }
  response.setHeader("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  response.setHeader("access-control-allow-headers", "Authorization, Content-Type, If-Match");
  response.setHeader("access-control-max-age", "600");
  response.writeHead(204).end();
}
