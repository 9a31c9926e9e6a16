import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import { connectUnixBus } from "../bus/unix-bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { MediaConfig } from "../media-config.ts";
import { createLogger } from "../telemetry/logger.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import { startMetricsPublisher } from "../telemetry/metrics-exchange.ts";
import { apiObserver, busLost } from "../telemetry/observers.ts";
import { createViewingMetrics, watchPictures } from "../telemetry/viewing-metrics.ts";
import { startMediaRole } from "./media-role.ts";
import { busPath } from "./paths.ts";
import type { Running } from "./running.ts";

/** The process of pictures, apart from chat so that neither can stall the other. */
export async function runMedia(config: Config, media: MediaConfig): Promise<Running> {
  const metrics = createMetrics("media");
  const bus = connectUnixBus(busPath(config), { onLost: busLost(metrics) });
  const stopMetrics = startMetricsPublisher({ bus, clock: systemClock, process: "media", metrics });
  const role = await showPictures(config, media, bus, metrics);
  return {
    url: null,
    async stop() {
      stopMetrics();
      await role.stop();
      bus.close();
    },
  };
}

/** Pictures with what stands around them, on any bus. */
export async function showPictures(
  config: Config,
  media: MediaConfig,
  bus: Bus,
  metrics: Metrics,
): Promise<{ port: number; stop(): Promise<void> }> {
  const logger = createLogger({ process: "media", level: config.logLevel });
  const said = (room: RoomId | null, sentence: string) =>
    logger.warn(room === null ? { sentence } : { room, sentence }, "Pictures.");
  const viewing = createViewingMetrics(metrics.registry);
  const observe = { ...apiObserver(metrics, logger), said, viewing };
  const role = await startMediaRole(config, media, { bus, observe });
  watchPictures(metrics.registry, {
    live: role.live,
    webrtc: () => role.viewers().webrtc,
    files: () => role.viewers().files,
  });
  return role;
}
