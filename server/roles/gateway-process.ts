import type { Bus } from "../bus/bus.ts";
import { connectUnixBus } from "../bus/unix-bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { countedReads } from "../log/counted-reads.ts";
import { openSqliteLogReader } from "../log/sqlite-log.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import { startMetricsPublisher } from "../telemetry/metrics-exchange.ts";
import { apiObserver, busLost, gatewayObserver, watchGateway } from "../telemetry/observers.ts";
import { startGatewayRole } from "./gateway-role.ts";
import { busPath, logPath } from "./paths.ts";
import type { PublicPort } from "./public-port.ts";
import type { Running } from "./running.ts";

/** A gateway's process: the public port, shared with its siblings. */
export async function runGateway(config: Config, number: number, port: PublicPort): Promise<Running> {
  const name = `gateway-${number}`;
  const metrics = createMetrics(name);
  const bus = connectUnixBus(busPath(config), { onLost: busLost(metrics) });
  const stopMetrics = startMetricsPublisher({ bus, clock: systemClock, process: name, metrics });
  const gateway = await serve(config, `${name}.${process.pid}`, port, bus, metrics);
  return {
    url: gateway.url,
    drain: gateway.drain,
    async stop() {
      stopMetrics();
      await gateway.stop();
      bus.close();
    },
  };
}

/** A gateway with what stands around it, on any bus. */
export async function serve(
  config: Config,
  id: string,
  port: PublicPort,
  bus: Bus,
  metrics: Metrics,
): Promise<Running> {
  const logger = createLogger({ process: id, level: config.logLevel });
  const log = countedReads(openSqliteLogReader(logPath(config)), metrics.logReads);
  const role = await startGatewayRole(config, {
    id,
    port,
    bus,
    log,
    observe: gatewayObserver(metrics, logger),
    observeApi: apiObserver(metrics, logger),
  });
  watchGateway(metrics, role.gateway);
  const at = role.address();
  return {
    drain: role.drain,
    url: `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${at.port}`,
    async stop() {
      await role.stop();
      log.close();
    },
  };
}
