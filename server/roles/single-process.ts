import type { Bus } from "../bus/bus.ts";
import { createLocalHub } from "../bus/local-bus.ts";
import type { Config } from "../config.ts";
import { openSqliteLog } from "../log/sqlite-log.ts";
import type { MediaConfig } from "../media-config.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
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
  const log = openSqliteLog(logPath(config), { checkpointsBeside: true });
  const keeper = await keep(config, hub.connect(), log, metrics);
  const pictures = config.media === null ? null : await show(config, config.media, hub.connect(), metrics);
  const told = pictures === null ? config : { ...config, media: pictures.media };
  const gateway = await serve(told, "gateway", await openPublicPort(config), hub.connect(), metrics);
  return {
    url: gateway.url,
    async stop() {
      await gateway.stop();
      await pictures?.stop();
      await keeper.stop();
      log.close();
    },
  };
}

/** Loaded only where pictures are wanted. What the gateway tells of their port is the one that was opened. */
async function show(
  config: Config,
  media: MediaConfig,
  bus: Bus,
  metrics: Metrics,
): Promise<{ media: MediaConfig; stop(): Promise<void> }> {
  const { showPictures } = await import("./media-process.ts");
  const { port, stop } = await showPictures(config, media, bus, metrics);
  return { media: { ...media, port }, stop };
}
