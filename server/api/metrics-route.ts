import { Registry } from "prom-client";
import type { Metrics } from "../telemetry/metrics.ts";
import type { GatheredMetrics } from "../telemetry/metrics-exchange.ts";
import { type Route, route } from "./route.ts";

/** The numbers of every process of this server, for Prometheus and what speaks its format. */
export function metricsRoute(metrics: Metrics, gathered: GatheredMetrics): Route {
  return route({
    method: "GET",
    path: "/metrics",
    async handle() {
      const bytes = Buffer.from(gathered.exposition(await metrics.registry.metrics()));
      const headers = { "content-type": Registry.PROMETHEUS_CONTENT_TYPE, "cache-control": "no-store" };
      return { status: 200, bytes, headers };
    },
  });
}
