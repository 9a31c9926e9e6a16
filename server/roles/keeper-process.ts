import { startPrivateApi } from "../api/private-api.ts";
import type { Bus } from "../bus/bus.ts";
import { listenUnixBus } from "../bus/unix-bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log/log.ts";
import { openSqliteLog } from "../log/sqlite-log.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import { apiObserver, busLost, keeperObserver, watchKeeper } from "../telemetry/observers.ts";
import { startKeeperRole } from "./keeper-role.ts";
import { mintId } from "./mint.ts";
import { busPath, logPath } from "./paths.ts";
import type { Running } from "./running.ts";

/** The keeper's process: the log, the hub of the bus, and the private port. */
export async function runKeeper(config: Config): Promise<Running> {
  const metrics = createMetrics("keeper");
  const bus = await listenUnixBus(busPath(config), { onLost: busLost(metrics) });
  const log = openSqliteLog(logPath(config), { checkpointsBeside: true });
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

/** The keeper with what stands around it, on any bus. */
export async function keep(config: Config, bus: Bus, log: Log, metrics: Metrics): Promise<Running> {
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
