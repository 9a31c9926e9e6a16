import type { IncomingMessage, ServerResponse } from "node:http";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { addressOf } from "./address-of.ts";
import { createAddressBudget } from "./address-budget.ts";
import { apiLimits } from "./api-limits.ts";
import type { ApiObserver } from "./http-app.ts";
import { answerPreflight, isMisdirected, markOrigin, misdirected } from "./origins.ts";
import { problem, sendProblem } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";
import { shareBudget } from "./shared-budget.ts";

export type FrontOptions = {
  config: FrontConfig;
  /** The gateway's: what its siblings grant an address counts here too. */
  id: string;
  bus: Bus;
  clock: Clock;
  observe: ApiObserver;
};
export type FrontConfig = Pick<Config, "origins" | "trustedProxies" | "dev" | "host">;
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What every request passes before it is looked at, so that no answer goes out without it. */
export function createFront(
  options: FrontOptions,
  next: HttpHandler,
): { handle: HttpHandler; close(): void } {
  const { config, clock, observe } = options;
  const budget = createAddressBudget(
    {
      perSecond: apiLimits.apiRequestsPerSecond,
      burst: apiLimits.apiRequestsBurst,
      addressesMax: apiLimits.apiAddressesMax,
    },
    () => observe.limit?.("apiAddressesMax"),
  );
  return { handle, close: shareBudget(budget, options) };

  function handle(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (isMisdirected(config, request.headers.host)) return sendProblem(response, misdirected);
    markOrigin(config.origins, request, response);
    const waitMs = budget.spend(
      addressOf(request, config.trustedProxies),
      costOf(request.url ?? "/"),
      clock.now(),
    );
    if (waitMs > 0) return refuse(response, waitMs);
    if (!answerPreflight(config.origins, request, response)) next(request, response);
  }

  function refuse(response: ServerResponse, retryMs: number): void {
    const limit = "apiRequestsPerSecond";
    observe.limit?.(limit);
    sendProblem(
      response,
      problem("rate", "Wait as long as Retry-After says, then go on more slowly.", { limit, retryMs }),
    );
  }
}

/** The chat alone is none of these: who may frame it is asked of its room. */
const isFile = /^\/(assets|elements|rooms)\/|^\/v1\/(signed\/[^/]+\/)?rooms\/[^/]+\/(live|segments\/)/;

/** Health costs nothing: what asks for it decides whether this process lives. */
function costOf(url: string): number {
  if (url === "/healthz" || url === "/readyz") return 0;
  return url === "/" || isFile.test(url) ? 1 / apiLimits.apiFilesPerRequest : 1;
}
