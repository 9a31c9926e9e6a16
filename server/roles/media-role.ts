import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { IncomingHttpHeaders } from "node:http";
import { type RoomId, roomId, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { apiLimits } from "../api/api-limits.ts";
import { originOf } from "../api/host-origin.ts";
import type { ApiObserver } from "../api/http-app.ts";
import type { Bus } from "../bus/bus.ts";
import { systemClock as clock } from "../clock.ts";
import type { Config } from "../config.ts";
import { openCaller } from "../gateway/calls.ts";
import { unlessRevoked } from "../identity/revocations.ts";
import { openSqliteLogReader } from "../log/sqlite-log.ts";
import { openMediaStore } from "../media/broadcast/store.ts";
import { sweepRecordings } from "../media/hls/retention.ts";
import { broadcastRoute } from "../media/http/broadcast-route.ts";
import { createHlsRequests } from "../media/http/hls-requests.ts";
import { heardRevocations } from "../media/http/heard-revocations.ts";
import { iceServersOf } from "../media/http/ice-servers.ts";
import { healthOf, type IngestRouteOptions, ingestRoutes } from "../media/http/ingest-routes.ts";
import { startMediaServer } from "../media/http/media-server.ts";
import { createPlaybackPrefixes } from "../media/http/playback-prefix.ts";
import { createSignalRequests } from "../media/http/signal-requests.ts";
import { createStandings } from "../media/http/standings.ts";
import { createViewingRequests, type Viewing } from "../media/http/viewing-requests.ts";
import { createWhipAdmission } from "../media/http/whip-admission.ts";
import { openEncoderPorts } from "../media/ingest/encoder-ports.ts";
import { findFfmpeg } from "../media/ingest/ffmpeg.ts";
import { createThumbnails } from "../media/ingest/thumbnails.ts";
import { createLiveRooms } from "../media/live-rooms.ts";
import { createSentences } from "../media/sentences.ts";
import { createWeriftEngine } from "../media/webrtc/werift-engine.ts";
import { createWhep } from "../media/webrtc/whep.ts";
import { createWhip } from "../media/webrtc/whip.ts";
import type { MediaConfig } from "../media-config.ts";
import { toGateways } from "../messages.ts";
import { identitiesOf } from "./identities.ts";
import { logPath } from "./paths.ts";

export type MediaRole = {
  port: number;
  live(): number;
  viewers(): { webrtc: number; files: number };
  stop(): Promise<void>;
};
export type MediaObserver = ApiObserver & {
  /** What there is to say of a room's encoder, or of all. */
  said(room: RoomId | null, sentence: string): void;
  /** How it goes for somebody who watches. */
  viewing(report: Viewing): void;
};

/** Pictures: how they come in, and how they go out. */
export async function startMediaRole(
  config: Config,
  media: MediaConfig,
  { bus, observe }: { bus: Bus; observe: MediaObserver },
): Promise<MediaRole> {
  const { secret, anyToken: anyIssued } = identitiesOf(config);
  const log = openSqliteLogReader(logPath(config));
  const revocations = heardRevocations(bus, log, clock);
  const anyToken = unlessRevoked(revocations, anyIssued);
  let keeperHeardAt: Time | null = null;
  const stopListening = bus.subscribe(toGateways, () => {
    keeperHeardAt = clock.now();
  });
  const caller = openCaller({ id: "media", bus, clock });
  const prefixes = createPlaybackPrefixes(secret);
  const sentences = createSentences(observe.said);
  const folder = join(config.dataDir, "recordings");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const store = openMediaStore(join(config.dataDir, "media.sqlite"));
  const found = await findFfmpeg(media.ffmpeg);
  if ("obstacle" in found) observe.said(null, found.obstacle);
  const ffmpeg = "obstacle" in found ? null : found;
  const thumbnails =
    ffmpeg === null
      ? null
      : createThumbnails(ffmpeg, clock, () => observe.limit?.("mediaThumbnailsWaitingMax"));
  const rooms = createLiveRooms({
    thumbnails,
    store,
    clock,
    folder,
    partMs: media.partMs,
    reached: (limit) => observe.limit?.(limit),
    said: sentences.say,
    came: sentences.forget,
    storeFailed: (sentence) => observe.said(null, sentence),
  });
  const stopSweeping = sweepRecordings({
    clock,
    folder,
    bounds: { ageMs: media.recordMs, bytesMax: media.recordBytesMax },
    isLive(room, broadcast) {
      const last = rooms.publishers.broadcastOf(roomId(room));
      return last.phase !== "off" && last.phase !== "ended" && last.id === broadcast;
    },
    failed: (sentence) => observe.said(null, sentence),
  });
  const engine = createWeriftEngine({
    clock,
    reached: (limit) => observe.limit?.(limit),
    said: (sentence) => observe.said(null, sentence),
    network: {
      bindAddress: config.host === "localhost" ? "127.0.0.1" : config.host,
      announced: media.publicIps,
      udpPorts: [media.udpPorts.from, media.udpPorts.to],
    },
  });
  const iceServers = () => iceServersOf(media.turn, clock.now());
  const whip = createWhip({
    engine,
    admit: createWhipAdmission(rooms, anyToken, clock),
    location: (_room, session) => `whip/${session}`,
    iceServers,
  });
  const whep = createWhep({
    publication: (room) => rooms.publicationOf(room as RoomId),
    subscribersMax: limits.mediaRoomSubscribersMax,
    location: (_room, session) => `whep/${session}`,
    iceServers,
  });
  const hls = createHlsRequests({
    clock,
    prefixes,
    origin: rooms.originOf,
    poster: rooms.posterOf,
    reached: (limit) => observe.limit?.(limit),
  });
  const signal = createSignalRequests({ config, clock, prefixes, whip, whep });
  const viewing = createViewingRequests(observe.viewing);
  const encoders = await openEncoderPorts(config.host, media, {
    clock,
    ffmpeg,
    store,
    publishers: rooms.publishers,
    said: sentences.say,
    reached: (limit) => observe.limit?.(limit),
  });
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
        standings: createStandings(caller, apiLimits.callWithinMs),
        prefixes,
        showing: rooms.showing,
      }),
      ...ingestRoutes({
        clock,
        tokens: anyToken,
        publishers: rooms.publishers,
        addresses,
        keyMade: (room) => store.keys(room)[0]?.made ?? null,
        health: (room) => healthOf(rooms.flowOf(room), rooms.publicationOf(room)),
        viewers: (room) => ({
          whep: rooms.publicationOf(room)?.stats().subscribers ?? 0,
          hls: hls.viewers(room),
        }),
        said: sentences.last,
      }),
    ],
    first: hls.handle,
    answer: (request, response) => signal(request, response) || viewing(request, response),
  });

  function addresses(
    room: RoomId,
    headers: IncomingHttpHeaders,
    key: string | null,
  ): ReturnType<IngestRouteOptions["addresses"]> {
    const base = media.url ?? originOf(headers) ?? "";
    const host = URL.canParse(base) ? new URL(base).hostname : "localhost";
    return { whip: `${base}/v1/rooms/${room}/whip`, ...encoders.addresses(room, host, key) };
  }

  return {
    port: server.port,
    live: rooms.live,
    viewers: () => ({ webrtc: whep.sessions, files: hls.connections() }),
    async stop() {
      await server.close();
      await encoders.close();
      hls.close();
      engine.close();
      thumbnails?.close();
      stopSweeping();
      rooms.close();
      store.close();
      caller.close();
      revocations.stop();
      log.close();
      stopListening();
    },
  };
}
