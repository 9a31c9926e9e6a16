import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Time } from "@chorus/protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import { openCaller } from "../gateway/calls.ts";
import { isLoopback } from "../identity/client-address.ts";
import { toGateways } from "../messages.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { gatherMetrics } from "../telemetry/metrics-exchange.ts";
import { healthRoutes } from "./health-routes.ts";
import { type ApiObserver, createHttpApp } from "./http-app.ts";
import { createHttpServer } from "./http-bounds.ts";
import { metricsRoute } from "./metrics-route.ts";
import { privateRoomRoutes, type RoomsOptions } from "./private-room-routes.ts";
import { problem, sendProblem } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";

export type PrivateApiOptions = Omit<RoomsOptions, "caller"> & {
  /** Of 127.0.0.1; 0 for any. */
  port: number;
  bus: Bus;
  clock: Clock;
  metrics: Metrics;
  observe?: ApiObserver;
};

/**
 * Metrics and administration, for this machine alone: whoever reaches it may do everything. It lives beside the keeper and asks it
 * the way a gateway does.
 */
export async function startPrivateApi(
  options: PrivateApiOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const { port, bus, clock, metrics, observe = {} } = options;
  let keeperHeardAt: Time | null = null;
  const stopListening = bus.subscribe(toGateways, () => {
    keeperHeardAt = clock.now();
  });
  const caller = openCaller({ id: "private-api", bus, clock });
  const gathered = gatherMetrics(bus, clock);
  const app = createHttpApp(
    [
      metricsRoute(metrics, gathered),
      ...healthRoutes(
        () => keeperHeardAt,
        () => clock.now(),
      ),
      ...privateRoomRoutes({ ...options, caller }),
    ],
    observe,
  );
  await app.ready();
  const server = createHttpServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (isMeant(request)) app.routing(request, response);
    else refuse(response);
  }, observe);
  await new Promise<void>((listening, failed) => {
    server.once("error", failed).listen(port, "127.0.0.1", listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      stopListening();
      caller.close();
      gathered.stop();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await app.close();
    },
  };
}

/** A page from elsewhere can make its own name lead here; it cannot make the browser say another name than its own. */
function isMeant({ headers: { host } }: IncomingMessage): boolean {
  const address = `http://${host ?? ""}`;
  return URL.canParse(address) && isLoopback(new URL(address).hostname);
}

function refuse(response: ServerResponse): void {
  sendProblem(response, problem("misdirected", "Use 127.0.0.1 or localhost as the host of the private API."));
}
