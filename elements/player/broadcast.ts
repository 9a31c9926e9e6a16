/** What a room's broadcast is, and by which addresses it comes. Times are Unix ms by the server's clock. */
export type Broadcast = {
  readonly room: string;
  readonly state: BroadcastState;
  /** Since when it is in this state; null where it never was on air. */
  readonly since: number | null;
  /** When this was said. */
  readonly now: number;
  readonly video: boolean;
  readonly audio: boolean;
  readonly paths: BroadcastPaths;
  readonly lowLatency: boolean;
  readonly partMs: number;
  /** The addresses hold until then. */
  readonly expires: number;
  readonly iceServers: readonly IceServer[];
  readonly poster: string | null;
};
export type BroadcastState = (typeof states)[number];
/** Absolute addresses; null for what there is not. */
export type BroadcastPaths = Readonly<Record<PathName, string | null>>;
export type IceServer = { readonly urls: string | string[]; username?: string; credential?: string };

type PathName = (typeof pathNames)[number];

const states = ["off", "live", "interrupted", "ended"] as const;
const pathNames = ["whep", "hls", "audio", "dvr"] as const;
const iceServersMax = 8;

/**
 * Reads the answer to `GET /v1/rooms/:room/broadcast`.
 *
 * @param base what relative addresses in it are relative to.
 * @returns null for anything else than a broadcast.
 */
export function readBroadcast(value: unknown, base: string): Broadcast | null {
  if (!isRecord(value) || !isRecord(value["paths"])) return null;
  const { room, now, expires, paths } = value;
  const state = states.find((one) => one === value["state"]);
  if (typeof room !== "string" || state === undefined) return null;
  if (typeof now !== "number" || typeof expires !== "number") return null;
  const address = (of: unknown) =>
    typeof of === "string" && URL.canParse(of, base) ? new URL(of, base).href : null;
  return {
    room,
    state,
    since: numberOr(value["since"], null),
    now,
    video: value["video"] === true,
    audio: value["audio"] === true,
    paths: {
      whep: address(paths["whep"]),
      hls: address(paths["hls"]),
      audio: address(paths["audio"]),
      dvr: address(paths["dvr"]),
    },
    lowLatency: value["lowLatency"] === true,
    partMs: numberOr(value["partMs"], 0),
    expires,
    iceServers: iceServersIn(value["iceServers"]),
    poster: address(value["poster"]),
  };
}

function iceServersIn(value: unknown): readonly IceServer[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, iceServersMax).flatMap((one: unknown) => {
    if (!isRecord(one)) return [];
    const urls = [one["urls"]].flat().filter((url) => typeof url === "string");
    if (urls.length === 0) return [];
    const { username, credential } = one;
    const known = typeof username === "string" && typeof credential === "string";
    return [known ? { urls, username, credential } : { urls }];
  });
}

function numberOr<Other>(value: unknown, other: Other): number | Other {
  return typeof value === "number" && Number.isFinite(value) ? value : other;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
