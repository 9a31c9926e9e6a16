import type { IncomingHttpHeaders } from "node:http";
import { RoomIdSchema, type RoomId, type Time, TimeSchema } from "@chorus/protocol/ids.ts";
import { type Static, Type } from "typebox";
import { originOf } from "../../api/host-origin.ts";
import { identify, type Reader, readerOf } from "../../api/identify.ts";
import type { Problem } from "../../api/problem.ts";
import { RoomPathSchema } from "../../api/room-answers.ts";
import { type Route, route } from "../../api/route.ts";
import type { Clock } from "../../clock.ts";
import type { TokenVerifier } from "../../identity/verify-token.ts";
import type { MediaConfig } from "../../media-config.ts";
import { IceServerSchema, iceServersOf } from "./ice-servers.ts";
import type { Entitlement, PlaybackPrefixes } from "./playback-prefix.ts";
import type { Standings } from "./standings.ts";

export const broadcastStates = ["off", "live", "interrupted", "ended"] as const;

/** What is to be seen in a room at this moment. */
export type Showing = {
  readonly state: (typeof broadcastStates)[number];
  readonly since: Time | null;
  readonly video: boolean;
  readonly audio: boolean;
  /** By WebRTC: what came in by it. */
  readonly webrtc: boolean;
  /** Whole segments are there to be played. */
  readonly segments: boolean;
  /** Who gets it with little delay: everybody who may watch, or those with a token. */
  readonly lowLatency: "everyone" | "known";
  /** Its newest thumbnail. */
  readonly poster: string | null;
};

const PathSchema = Type.Union([Type.String(), Type.Null()]);
export const BroadcastSchema = Type.Object({
  room: RoomIdSchema,
  state: Type.Enum(broadcastStates, { description: "Interrupted: the encoder is away and may return" }),
  since: Type.Union([TimeSchema, Type.Null()], { description: "When it began" }),
  now: Type.Integer({ description: "The server's clock, by which pictures are dated (Unix ms)" }),
  video: Type.Boolean(),
  audio: Type.Boolean(),
  paths: Type.Object(
    {
      whep: PathSchema,
      hls: PathSchema,
      audio: PathSchema,
      dvr: PathSchema,
    },
    { description: "Where to play it, by what; null for what there is not, or not for the asker" },
  ),
  lowLatency: Type.Boolean({ description: "The asker may have it with little delay" }),
  partMs: Type.Integer({ description: "How long a part of low-latency HLS is" }),
  expires: Type.Integer({ description: "Until when the paths are good (Unix ms): ask again before" }),
  iceServers: Type.Array(IceServerSchema),
  poster: PathSchema,
});
export type BroadcastAnswer = Static<typeof BroadcastSchema>;

export type BroadcastRouteOptions = {
  config: Pick<MediaConfig, "url" | "turn" | "partMs">;
  clock: Clock;
  tokens: TokenVerifier;
  standings: Standings;
  prefixes: PlaybackPrefixes;
  showing(room: RoomId): Showing;
};

/** What is broadcast in a room, and where the asker may watch it. */
export function broadcastRoute(options: BroadcastRouteOptions): Route {
  const { config, clock, tokens, standings, prefixes } = options;

  async function readerIn(room: RoomId, headers: IncomingHttpHeaders): Promise<Reader | Problem> {
    const who = await identify(headers.authorization, tokens, clock.now());
    if (!who.ok) return who.problem;
    const standing = await standings.of(room, who.person?.id ?? null);
    return "problem" in standing ? standing : readerOf(who.person, room, standing);
  }

  function answerOf(room: RoomId, reader: Reader, headers: IncomingHttpHeaders): BroadcastAnswer {
    const now = clock.now();
    const showing = options.showing(room);
    const entitlement = entitlementOf(reader, showing);
    const { prefix, expires } = prefixes.issue(room, entitlement, now);
    const at = `${config.url ?? originOf(headers) ?? ""}/v1/signed/${prefix}/rooms/${room}`;
    const low = entitlement === "low";
    return {
      room,
      state: showing.state,
      since: showing.since,
      now,
      video: showing.video,
      audio: showing.audio,
      paths: {
        whep: showing.webrtc && low ? `${at}/whep` : null,
        hls: showing.segments ? `${at}/hls/index.m3u8` : null,
        audio: showing.segments && showing.audio ? `${at}/hls/audio.m3u8` : null,
        dvr: showing.segments ? `${at}/hls/dvr.m3u8` : null,
      },
      lowLatency: low,
      partMs: config.partMs,
      expires,
      iceServers: low ? [...iceServersOf(config.turn, now)] : [],
      poster: showing.poster === null ? null : `${at}/hls/${showing.poster}`,
    };
  }

  return route({
    method: "GET",
    path: "/v1/rooms/:room/broadcast",
    about: {
      name: "getBroadcast",
      summary: "What is broadcast in a room, and where the asker may watch it",
      token: "optional",
      answers: {
        200: "The broadcast; ask again before its paths end, and each five seconds while it is not live",
      },
      problems: ["malformed", "unauthorised", "forbidden", "no-such-room", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: BroadcastSchema,
    async handle({ params: { room }, headers }) {
      const reader = await readerIn(room, headers);
      return "problem" in reader ? reader : { status: 200, json: answerOf(room, reader, headers) };
    },
  });
}

function entitlementOf({ audience, person }: Reader, { lowLatency }: Showing): Entitlement {
  const known = person !== null && !person.guest;
  return lowLatency === "everyone" || known || audience === "staff" ? "low" : "steady";
}
