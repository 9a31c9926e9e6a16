/** What the server says of a room's broadcast to its host. Times are Unix ms by the server's clock. */
export type Ingest = {
  readonly state: (typeof states)[number];
  readonly since: number | null;
  /** Interrupted: when it ends unless the encoder is back. Ended: when another one may begin. */
  readonly until: number | null;
  readonly now: number;
  readonly publisher: (typeof publishers)[number] | null;
  readonly health: Health | null;
  readonly viewers: { readonly whep: number; readonly hls: number };
  /** What there was last to say of an encoder, in English. */
  readonly said: string | null;
  readonly settings: RoomMedia;
  /** When the stream key was made; null: there is none. */
  readonly keyMade: number | null;
  readonly whip: string;
  readonly rtmp: string | null;
  readonly srt: { readonly url: string; readonly passphrase: string } | null;
};
export type RoomMedia = {
  readonly secondPublisher: "refuse" | "take-over";
  readonly graceSeconds: number;
  readonly record: boolean;
  readonly lowLatency: "everyone" | "known";
};
export type Health = {
  /** Bits a second. */
  readonly bitrate: number;
  readonly fps: number;
  readonly lossPercent: number;
  readonly keyFrameMs: number | null;
  readonly width: number;
  readonly height: number;
  readonly rttMs: number | null;
};

const states = ["off", "live", "interrupted", "ended"] as const;
const publishers = ["whip", "srt", "rtmp"] as const;

/** Reads the answer to `GET /v1/rooms/:room/ingest`; null for anything else. */
export function readIngest(value: unknown): Ingest | null {
  if (!isRecord(value)) return null;
  const state = states.find((one) => one === value["state"]);
  const settings = settingsIn(value["settings"]);
  const { now, whip, said } = value;
  if (state === undefined || settings === null) return null;
  if (typeof now !== "number" || typeof whip !== "string") return null;
  const { publisher, viewers, rtmp, srt, key } = recordsOf(value);
  return {
    state,
    since: numberOr(value["since"], null),
    until: numberOr(value["until"], null),
    now,
    publisher: publishers.find((one) => one === publisher?.["kind"]) ?? null,
    health: healthIn(value["health"]),
    viewers: { whep: numberOr(viewers?.["whep"], 0), hls: numberOr(viewers?.["hls"], 0) },
    said: typeof said === "string" ? said : null,
    settings,
    keyMade: numberOr(key?.["made"], null),
    whip,
    rtmp: textOr(rtmp?.["server"]),
    srt: srtIn(srt),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function recordsOf(
  value: Fields,
): Readonly<Record<"publisher" | "viewers" | "rtmp" | "srt" | "key", Fields | null>> {
  const of = (name: string) => (isRecord(value[name]) ? value[name] : null);
  return {
    publisher: of("publisher"),
    viewers: of("viewers"),
    rtmp: of("rtmp"),
    srt: of("srt"),
    key: of("key"),
  };
}

function healthIn(value: unknown): Health | null {
  if (!isRecord(value)) return null;
  return {
    bitrate: numberOr(value["bitrate"], 0),
    fps: numberOr(value["fps"], 0),
    lossPercent: numberOr(value["lossPercent"], 0),
    keyFrameMs: numberOr(value["keyFrameMs"], null),
    width: numberOr(value["width"], 0),
    height: numberOr(value["height"], 0),
    rttMs: numberOr(value["rttMs"], null),
  };
}

function settingsIn(value: unknown): RoomMedia | null {
  if (!isRecord(value)) return null;
  return {
    secondPublisher: value["secondPublisher"] === "take-over" ? "take-over" : "refuse",
    graceSeconds: numberOr(value["graceSeconds"], 0),
    record: value["record"] === true,
    lowLatency: value["lowLatency"] === "everyone" ? "everyone" : "known",
  };
}

function srtIn(srt: Fields | null): Ingest["srt"] {
  const url = textOr(srt?.["url"]);
  const passphrase = textOr(srt?.["passphrase"]);
  return url === null || passphrase === null ? null : { url, passphrase };
}

function textOr(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberOr<Other>(value: unknown, other: Other): number | Other {
  return typeof value === "number" && Number.isFinite(value) ? value : other;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
