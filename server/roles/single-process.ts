import { createLocalHub } from "../bus/local-bus.ts";
import type { Config } from "../config.ts";
import { openSqliteLog } from "../log/sqlite-log.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { busLost } from "../telemetry/observers.ts";
import { serve } from "./gateway-process.ts";
import { keep } from "./keeper-process.ts";
import { logPath } from "./paths.ts";
import { openPublicPort } from "./public-port.ts";
import type { Running } from "./running.ts";

/** All roles in one process. */
export async function runSingle(config: Config): Promise<Running> {
  const metrics = createMetrics("single");
  const hub = createLocalHub({ onLost: busLost(metrics) });
  const log = openSqliteLog(logPath(config));
  const keeper = await keep(config, hub.connect(), log, metrics);
  const gateway = await serve(config, "gateway", await openPublicPort(config), hub.connect(), metrics);
  return {
    url: gateway.url,
    async stop() {
      await gateway.stop();
      await keeper.stop();
      log.close();
    },
  };
}
