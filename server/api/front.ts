import type { IncomingMessage, ServerResponse } from "node:http";
import type { Time } from "@chorus/protocol/ids.ts";
import type { Config } from "../config.ts";
import { addressKey, clientAddress } from "../identity/client-address.ts";
import { createAddressBudget } from "./address-budget.ts";
import { apiLimits } from "./api-limits.ts";
import type { ApiObserver } from "./http-app.ts";
import { answerPreflight, markOrigin } from "./origins.ts";
import { problem, sendProblem } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";

export type FrontOptions = {
  config: Pick<Config, "origins" | "trustedProxies">;
  now(): Time;
  observe: ApiObserver;
};
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What every request passes before it is looked at, so that no answer goes out without it. */
export function createFront(options: FrontOptions, next: HttpHandler): HttpHandler {
  const { config, now, observe } = options;
  const budget = createAddressBudget(
    {
      perSecond: apiLimits.apiRequestsPerSecond,
      burst: apiLimits.apiRequestsBurst,
      addressesMax: apiLimits.apiAddressesMax,
    },
    () => observe.limit?.("apiAddressesMax"),
  );

  return (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    markOrigin(config.origins, request, response);
    const waitMs = budget.spend(addressOf(request), costOf(request.url ?? "/"), now());
    if (waitMs > 0) return refuse(response, waitMs);
    if (!answerPreflight(config.origins, request, response)) next(request, response);
  };

  function addressOf({ socket, headers }: IncomingMessage): string {
    const forwarded = headers["x-forwarded-for"];
    const forwardedFor = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
    return addressKey(clientAddress(socket.remoteAddress ?? "", forwardedFor, config.trustedProxies));
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

/** Health costs nothing: what asks for it decides whether this process lives. */
function costOf(url: string): number {
  if (url === "/healthz" || url === "/readyz") return 0;
  return url === "/" || url.startsWith("/assets/") ? 1 / apiLimits.apiFilesPerRequest : 1;
}
