import type { AddressInfo } from "node:net";
import type { Time } from "@chorus/protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import { openCaller } from "../gateway/calls.ts";
import { toGateways } from "../messages.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { gatherMetrics } from "../telemetry/metrics-exchange.ts";
import { healthRoutes } from "./health-routes.ts";
import { type ApiObserver, createHttpApp } from "./http-app.ts";
import { createHttpServer } from "./http-bounds.ts";
import { metricsRoute } from "./metrics-route.ts";
import { namesThisMachine } from "./origins.ts";
import { peopleRoutes } from "./people-routes.ts";
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
      ...peopleRoutes(caller),
    ],
    observe,
  );
  await app.ready();
  const server = createHttpServer((request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (namesThisMachine(request.headers.host)) app.routing(request, response);
    else sendProblem(response, misnamed);
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

const misnamed = problem("misdirected", "Use 127.0.0.1 or localhost as the host of the private API.");
