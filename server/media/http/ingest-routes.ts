import type { IncomingHttpHeaders } from "node:http";
import { type RoomId, type Time, TimeSchema } from "@chorus/protocol/ids.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Static, Type } from "typebox";
import { identify, rightsWith, unauthorised } from "../../api/identify.ts";
import { type Problem, problem } from "../../api/problem.ts";
import { RoomPathSchema } from "../../api/room-answers.ts";
import { type Route, route } from "../../api/route.ts";
import type { Clock } from "../../clock.ts";
import type { TokenVerifier } from "../../identity/verify-token.ts";
import type { Broadcast } from "../broadcast/broadcast.ts";
import type { Flow } from "../broadcast/flow.ts";
import type { Publishers } from "../broadcast/publishers.ts";
import type { Publication } from "../webrtc/engine.ts";
import { broadcastStates } from "./broadcast-route.ts";

/** What a publisher's connection is like; null where nobody knows it. */
export const HealthSchema = Type.Object({
  bitrate: Type.Number({ description: "Bits a second" }),
  fps: Type.Number(),
  lossPercent: Type.Number(),
  keyFrameMs: Type.Union([Type.Number(), Type.Null()], { description: "Between the last two key frames" }),
  width: Type.Integer(),
  height: Type.Integer(),
  rttMs: Type.Union([Type.Number(), Type.Null()]),
});
export type Health = Static<typeof HealthSchema>;

const SettingsSchema = Type.Object(
  {
    secondPublisher: Type.Enum(["refuse", "take-over"] as const, {
      description: "What becomes of an encoder that comes while another one sends",
    }),
    graceSeconds: Type.Integer({
      minimum: 0,
      maximum: limits.mediaGraceMsMax / 1_000,
      description: "How long an encoder may be away before the broadcast ends",
    }),
    record: Type.Boolean(),
    lowLatency: Type.Enum(["everyone", "known"] as const, {
      description: "Who may watch with little delay; known: who has a token",
    }),
  },
  { additionalProperties: false },
);
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const RtmpSchema = OrNull(
  Type.Object({
    server: Type.String(),
    key: OrNull(Type.String({ description: "Only when it was made just now" })),
  }),
);
export const IngestSchema = Type.Object({
  whip: Type.String(),
  rtmp: RtmpSchema,
  srt: OrNull(Type.Object({ url: Type.String(), passphrase: Type.String() })),
  key: OrNull(Type.Object({ made: TimeSchema })),
  settings: SettingsSchema,
  state: Type.Enum(broadcastStates),
  since: OrNull(TimeSchema),
  until: OrNull(
    Type.Integer({
      description:
        "Interrupted: when the broadcast ends unless its encoder is back; ended: when another one may begin (Unix ms)",
    }),
  ),
  now: Type.Integer({ description: "The server's clock (Unix ms)" }),
  publisher: OrNull(Type.Object({ kind: Type.Enum(["whip", "srt", "rtmp"] as const) })),
  health: OrNull(HealthSchema),
  viewers: Type.Object({ whep: Type.Integer(), hls: Type.Integer() }),
  said: OrNull(Type.String({ description: "What there was last to say of an encoder" })),
});
export type IngestAnswer = Static<typeof IngestSchema>;
const MadeKeySchema = Type.Object({ key: Type.String(), rtmp: RtmpSchema });

export type IngestRouteOptions = {
  clock: Clock;
  tokens: TokenVerifier;
  publishers: Publishers;
  /** Where encoders reach this server, by the host that was asked. `key`: null where it is not known any more. */
  addresses(
    room: RoomId,
    headers: IncomingHttpHeaders,
    key: string | null,
  ): Pick<IngestAnswer, "whip" | "rtmp" | "srt">;
  keyMade(room: RoomId): Time | null;
  health(room: RoomId): Health | null;
  viewers(room: RoomId): IngestAnswer["viewers"];
  said(room: RoomId): string | null;
};

/** How a host sets a room up for encoders. */
export function ingestRoutes(options: IngestRouteOptions): Route[] {
  const { clock, tokens, publishers } = options;

  async function hostOf(room: RoomId, headers: IncomingHttpHeaders): Promise<Problem | null> {
    return broadcasterOf(room, headers, tokens, clock, "host");
  }

  function answerOf(room: RoomId, headers: IncomingHttpHeaders): IngestAnswer {
    const broadcast = publishers.broadcastOf(room);
    const made = options.keyMade(room);
    const kind = publishers.liveKind(room);
    const { graceMs, ...settings } = publishers.settingsOf(room);
    return {
      ...options.addresses(room, headers, null),
      key: made === null ? null : { made },
      settings: { ...settings, graceSeconds: Math.round(graceMs / 1_000) },
      state: broadcast.phase,
      since: broadcast.phase === "off" ? null : broadcast.began,
      until: untilOf(broadcast),
      now: clock.now(),
      publisher: kind === null ? null : { kind },
      health: options.health(room),
      viewers: options.viewers(room),
      said: options.said(room),
    };
  }

  const show = route({
    method: "GET",
    path: "/v1/rooms/:room/ingest",
    about: {
      name: "getIngest",
      summary: "Where encoders bring a room's pictures, and how the one that sends is doing",
      token: "required",
      answers: { 200: "Addresses, settings and state; the stream key is shown only when it is made" },
      problems: ["malformed", "unauthorised", "forbidden", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: IngestSchema,
    async handle({ params: { room }, headers }) {
      const refused = await hostOf(room, headers);
      return refused ?? { status: 200, json: answerOf(room, headers) };
    },
  });

  const change = route({
    method: "PUT",
    path: "/v1/rooms/:room/ingest",
    about: {
      name: "putIngest",
      summary: "Changes the settings that are named",
      token: "required",
      answers: { 200: "As it is now" },
      problems: ["malformed", "unauthorised", "forbidden", "too-large", "media-type", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    body: Type.Partial(SettingsSchema, { additionalProperties: false }),
    answer: IngestSchema,
    async handle({ params: { room }, body: { graceSeconds, ...rest }, headers }) {
      const refused = await hostOf(room, headers);
      if (refused !== null) return refused;
      const grace = graceSeconds === undefined ? {} : { graceMs: graceSeconds * 1_000 };
      publishers.setSettings(room, { ...publishers.settingsOf(room), ...rest, ...grace });
      return { status: 200, json: answerOf(room, headers) };
    },
  });

  const key = route({
    method: "POST",
    path: "/v1/rooms/:room/ingest/key",
    about: {
      name: "makeStreamKey",
      summary: "Makes a stream key and shows it once; the one of before is not believed any more",
      token: "required",
      answers: { 201: "The key" },
      problems: ["malformed", "unauthorised", "forbidden", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    answer: MadeKeySchema,
    async handle({ params: { room }, headers }) {
      const refused = await hostOf(room, headers);
      if (refused !== null) return refused;
      const made = publishers.rotateKey(room, 0);
      return { status: 201, json: { key: made, rtmp: options.addresses(room, headers, made).rtmp } };
    },
  });

  const stop = route({
    method: "POST",
    path: "/v1/rooms/:room/broadcast/stop",
    about: {
      name: "stopBroadcast",
      summary: "Ends a room's broadcast",
      token: "required",
      answers: { 204: "It is over, or there was none" },
      problems: ["malformed", "unauthorised", "forbidden", "rate", "unavailable"],
    },
    params: RoomPathSchema,
    async handle({ params: { room }, headers }) {
      const refused = await hostOf(room, headers);
      if (refused !== null) return refused;
      publishers.stop(room);
      return { status: 204, bytes: null, headers: { "cache-control": "no-store" } };
    },
  });

  return [show, change, key, stop];
}

/** Until when somebody has to wait: the encoder's return, or after a stop until the next broadcast may begin. */
function untilOf(broadcast: Broadcast): Time | null {
  if (broadcast.phase === "interrupted") return broadcast.until;
  return broadcast.phase === "ended" ? broadcast.closedUntil : null;
}

/** Only by WebRTC the way in between is known. */
export function healthOf(flow: Flow | null, publication: Publication | null): Health | null {
  if (flow === null) return null;
  const way = publication?.stats() ?? null;
  return { ...flow, lossPercent: (way?.loss ?? 0) * 100, rttMs: way?.rttMs ?? null };
}

/** Null: whoever asks has that grant in the room. */
export async function broadcasterOf(
  room: RoomId,
  headers: IncomingHttpHeaders,
  tokens: TokenVerifier,
  clock: Clock,
  grant: Grant,
): Promise<Problem | null> {
  const who = await identify(headers.authorization, tokens, clock.now());
  if (!who.ok) return who.problem;
  if (who.person === null) return unauthorised("Send the token of a host of this room.");
  if (rightsWith(who.person, room, grant) !== null) return null;
  return problem("forbidden", `Ask for a token with the grant to ${grant} this room.`);
}
