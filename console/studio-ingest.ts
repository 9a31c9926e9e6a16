import { type Ingest, readIngest, type RoomMedia } from "./studio-broadcast.ts";

/** What a host asks the server for; the answer, or why there is none. */
export type Asked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal; readonly detail: string | null };
export const refusals = ["expired", "not-host", "offline", "refused"] as const;
export type Refusal = (typeof refusals)[number];

export type IngestApi = {
  read(): Promise<Asked<Ingest>>;
  change(settings: Partial<RoomMedia>): Promise<Asked<Ingest>>;
  /** Another stream key; the one of before ends with it. It is told this once. */
  makeKey(): Promise<Asked<MadeKey>>;
  stop(): Promise<Asked<true>>;
  /** Of the TURN servers there may be; none when nobody says. */
  iceServers(): Promise<readonly RTCIceServer[]>;
};

/** For a bearer token, and as RTMP wants it, which names the room too; null where the server takes no RTMP. */
export type MadeKey = { readonly key: string; readonly streamKey: string | null };

export type IngestApiOptions = {
  /** Where the server's pictures are. */
  readonly media: string;
  readonly room: string;
  /** @throws once there is none any more. */
  token(): string;
};

const answerWithinMs = 8_000;
const iceServersMax = 8;

export function createIngestApi({ media, room, token }: IngestApiOptions): IngestApi {
  const at = `${media}/v1/rooms/${room}`;

  async function ask<Value>(
    method: "GET" | "PUT" | "POST",
    path: string,
    read: (body: unknown) => Value | null,
    body?: object,
  ): Promise<Asked<Value>> {
    const authorization = bearer();
    if (authorization === null) return { ok: false, refusal: "expired", detail: null };
    try {
      const response = await fetch(`${at}/${path}`, {
        method,
        ...(body === undefined
          ? { headers: { authorization } }
          : { headers: { authorization, "content-type": "application/json" }, body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const said: unknown = response.status === 204 ? null : await response.json();
      if (!response.ok) return { ok: false, refusal: refusalOf(response.status), detail: detailOf(said) };
      const value = read(said);
      return value === null ? { ok: false, refusal: "refused", detail: null } : { ok: true, value };
    } catch {
      return { ok: false, refusal: "offline", detail: null };
    }
  }

  function bearer(): string | null {
    try {
      return `Bearer ${token()}`;
    } catch {
      return null;
    }
  }

  return {
    read: () => ask("GET", "ingest", readIngest),
    change: (settings) => ask("PUT", "ingest", readIngest, settings),
    makeKey: () => ask("POST", "ingest/key", keyIn),
    stop: () => ask("POST", "broadcast/stop", () => true),
    async iceServers() {
      const asked = await ask("GET", "broadcast", iceServersIn);
      return asked.ok ? asked.value : [];
    },
  };
}

function refusalOf(status: number): Refusal {
  if (status === 401) return "expired";
  if (status === 403) return "not-host";
  return status >= 500 || status === 429 ? "offline" : "refused";
}

function detailOf(problem: unknown): string | null {
  return isRecord(problem) && typeof problem["detail"] === "string" ? problem["detail"] : null;
}

function keyIn(body: unknown): MadeKey | null {
  if (!isRecord(body) || typeof body["key"] !== "string") return null;
  const { key, rtmp } = body;
  const streamKey = isRecord(rtmp) && typeof rtmp["key"] === "string" ? rtmp["key"] : null;
  return { key, streamKey };
}

function iceServersIn(body: unknown): readonly RTCIceServer[] | null {
  if (!isRecord(body) || !Array.isArray(body["iceServers"])) return null;
  return body["iceServers"].slice(0, iceServersMax).flatMap((one: unknown) => {
    if (!isRecord(one) || !Array.isArray(one["urls"])) return [];
    const urls = one["urls"].filter((url: unknown) => typeof url === "string");
    const { username, credential } = one;
    if (urls.length === 0 || typeof username !== "string" || typeof credential !== "string") return [];
    return [{ urls, username, credential }];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
