import { createLocalHub } from "../bus/local-bus.ts";
import type { Bus } from "../bus/bus.ts";
import { connectUnixBus, listenUnixBus } from "../bus/unix-bus.ts";
import { startPrivateApi } from "../api/private-api.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log/log.ts";
import { openSqliteLog, openSqliteLogReader } from "../log/sqlite-log.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import { startMetricsPublisher } from "../telemetry/metrics-exchange.ts";
import {
  apiObserver,
  busLost,
  gatewayObserver,
  keeperObserver,
  watchGateway,
  watchKeeper,
} from "../telemetry/observers.ts";
import { startGatewayRole } from "./gateway-role.ts";
import { mintId, startKeeperRole } from "./keeper-role.ts";
import { busPath, logPath } from "./paths.ts";

/** What runs in one process, and how it ends. */
export type Running = { url: string | null; stop(): Promise<void> };

export async function runKeeper(config: Config): Promise<Running> {
  const metrics = createMetrics("keeper");
  const bus = await listenUnixBus(busPath(config), { onLost: busLost(metrics) });
  const log = openSqliteLog(logPath(config));
  const keeper = await keep(config, bus, log, metrics);
  return {
    url: null,
    async stop() {
      await keeper.stop();
      bus.close();
      log.close();
    },
  };
}

export async function runGateway(config: Config, number: number): Promise<Running> {
  const name = `gateway-${number}`;
  const metrics = createMetrics(name);
  const bus = connectUnixBus(busPath(config), { onLost: busLost(metrics) });
  const stopMetrics = startMetricsPublisher({ bus, clock: systemClock, process: name, metrics });
  const gateway = await serve(config, `${name}.${process.pid}`, bus, metrics);
  return {
    url: gateway.url,
    async stop() {
      stopMetrics();
      await gateway.stop();
      bus.close();
    },
  };
}

/** All roles in one process. */
export async function runSingle(config: Config): Promise<Running> {
  const metrics = createMetrics("single");
  const hub = createLocalHub({ onLost: busLost(metrics) });
  const log = openSqliteLog(logPath(config));
  const keeper = await keep(config, hub.connect(), log, metrics);
  const gateway = await serve(config, "gateway", hub.connect(), metrics);
  return {
    url: gateway.url,
    async stop() {
      await gateway.stop();
      await keeper.stop();
      log.close();
    },
  };
}

async function keep(config: Config, bus: Bus, log: Log, metrics: Metrics): Promise<Running> {
  const logger = createLogger({ process: "keeper", level: config.logLevel });
  const keeper = startKeeperRole(config, log, bus, keeperObserver(metrics, logger));
  watchKeeper(metrics, keeper);
  const api = await startPrivateApi({
    port: config.privatePort,
    bus,
    clock: systemClock,
    metrics,
    log,
    loaded: keeper.rooms,
    mintId,
    observe: apiObserver(metrics, logger),
  });
  return {
    url: null,
    async stop() {
      await api.close();
      keeper.stop();
    },
  };
}

async function serve(config: Config, id: string, bus: Bus, metrics: Metrics): Promise<Running> {
  const logger = createLogger({ process: id, level: config.logLevel });
  const log = openSqliteLogReader(logPath(config));
  const role = await startGatewayRole(config, {
    id,
    bus,
    log,
    observe: gatewayObserver(metrics, logger),
    observeApi: apiObserver(metrics, logger),
  });
  watchGateway(metrics, role.gateway);
  const { host, port } = role.address();
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    async stop() {
      await role.stop();
      log.close();
    },
  };
}
