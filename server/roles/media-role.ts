import type { Time } from "@chorus/protocol/ids.ts";
import { apiLimits } from "../api/api-limits.ts";
import type { ApiObserver } from "../api/http-app.ts";
import type { Bus } from "../bus/bus.ts";
import { systemClock as clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { openCaller } from "../gateway/calls.ts";
import { broadcastRoute } from "../media/http/broadcast-route.ts";
import { startMediaServer } from "../media/http/media-server.ts";
import { createPlaybackPrefixes } from "../media/http/playback-prefix.ts";
import { createStandings } from "../media/http/standings.ts";
import type { MediaConfig } from "../media-config.ts";
import { toGateways } from "../messages.ts";
import { identitiesOf } from "./identities.ts";

export type MediaRole = { port: number; stop(): Promise<void> };

/** Pictures: how they come in, and how they go out. */
export async function startMediaRole(
  config: Config,
  media: MediaConfig,
  { bus, observe }: { bus: Bus; observe: ApiObserver },
): Promise<MediaRole> {
  const { secret, anyToken } = identitiesOf(config);
  let keeperHeardAt: Time | null = null;
  const stopListening = bus.subscribe(toGateways, () => {
    keeperHeardAt = clock.now();
  });
  const caller = openCaller({ id: "media", bus, clock });
  const standings = createStandings(caller, apiLimits.callWithinMs);
  const prefixes = createPlaybackPrefixes(secret);
  const server = await startMediaServer({
    config,
    clock,
    observe,
    port: media.port,
    keeperHeardAt: () => keeperHeardAt,
    routes: [
      broadcastRoute({
        config: media,
        clock,
        tokens: anyToken,
        standings,
        prefixes,
        showing: () => off,
      }),
    ],
    first: () => false,
    answer: () => false,
  });
  return {
    port: server.port,
    async stop() {
      await server.close();
      caller.close();
      stopListening();
    },
  };
}

const off = {
  state: "off",
  since: null,
  video: false,
  audio: false,
  webrtc: false,
  segments: false,
  lowLatency: "everyone",
  poster: null,
} as const;
