import { jwkSetKeys, type TokenKey } from "./token-keys.ts";

/** How the server treats a JWKS URL (RFC 7517). Times are milliseconds. */
export type KeySetBounds = {
  /** After this long the set is fetched anew, while the old keys stay in use … */
  freshMs: number;
  /** … until this: a key taken back must not live on because its publisher cannot be reached. */
  usableMs: number;
  /** A token signed by an unknown key may cause one fetch in this time. */
  cooldownMs: number;
  /** The pause after a fetch that failed. */
  retryMs: number;
  timeoutMs: number;
  bytesMax: number;
  keysMax: number;
};
export const keySetBounds: KeySetBounds = {
  freshMs: 600_000,
  usableMs: 3_600_000,
  cooldownMs: 30_000,
  retryMs: 5_000,
  timeoutMs: 5_000,
  bytesMax: 128 * 1024,
  keysMax: 32,
};

export type KeySet = {
  /** The keys as far as known; fetched first when there are none. */
  known(now: number): Promise<readonly TokenKey[] | "unavailable">;
  /** Keys fetched after a token was met that no known key signed; none when it is too soon to ask again. */
  newer(now: number): Promise<readonly TokenKey[] | "unavailable">;
};

type Fetched = { keys: readonly TokenKey[]; at: number };

export function createKeySet(url: URL, bounds: KeySetBounds = keySetBounds): KeySet {
  let fetched: Fetched | null = null;
  let failedAt = -Infinity;
  let pending: Promise<Fetched | null> | null = null;

  /** One fetch at a time, whoever asks. Resolves to null when it failed, or failed a moment ago. */
  function refresh(now: number): Promise<Fetched | null> {
    if (now - failedAt < bounds.retryMs) return Promise.resolve(null);
    pending ??= fetchKeys(url, bounds)
      .then((keys) => {
        if (keys === null) failedAt = now;
        else fetched = { keys, at: now };
        return keys === null ? null : fetched;
      })
      .finally(() => {
        pending = null;
      });
    return pending;
  }

  async function known(now: number): Promise<readonly TokenKey[] | "unavailable"> {
    const ageMs = fetched === null ? Infinity : now - fetched.at;
    if (fetched !== null && ageMs < bounds.usableMs) {
      if (ageMs >= bounds.freshMs) void refresh(now);
      return fetched.keys;
    }
    return (await refresh(now))?.keys ?? "unavailable";
  }

  async function newer(now: number): Promise<readonly TokenKey[] | "unavailable"> {
    if (fetched !== null && now - fetched.at < bounds.cooldownMs) return [];
    return (await refresh(now))?.keys ?? "unavailable";
  }

  return { known, newer };
}

/** Null for every failure alike: whoever publishes the keys, this server can only ask again later. */
async function fetchKeys(url: URL, bounds: KeySetBounds): Promise<readonly TokenKey[] | null> {
  try {
    const signal = AbortSignal.timeout(bounds.timeoutMs);
    const response = await fetch(url, { redirect: "error", signal, headers: { accept: "application/json" } });
    const text = response.ok ? await boundedText(response, bounds.bytesMax) : null;
    const set: unknown = text === null ? null : JSON.parse(text);
    if (typeof set !== "object" || set === null || !("keys" in set) || !Array.isArray(set.keys)) return null;
    return jwkSetKeys(set.keys.slice(0, bounds.keysMax));
  } catch {
    return null;
  }
}

async function boundedText(response: Response, bytesMax: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
