import type { KeyValueStorage } from "@chorus/sdk/client.ts";

/**
 * The token of a link. It outlives a reload in this tab and nothing else. Once it has run out there is no other: the link has
 * to be opened again, and who reloads the page instead is a guest.
 */
export type TokenSource = {
  /** Null for a guest. */
  readonly token: string | null;
  /** For the SDK. @throws once the token is over. */
  give(): string;
  forget(): void;
};

/**
 * @param room whose link it was: in another room the tab comes as a guest, or with a link of that.
 * @param fromLink the token of the address; null where there was none, which does not end an earlier one.
 */
export function createTokenSource(
  room: string,
  fromLink: string | null,
  storage: KeyValueStorage | null,
  now: () => number,
): TokenSource {
  const storageKey = `chorus:token:${room}`;
  if (fromLink !== null) storage?.setItem(storageKey, fromLink);
  const token = fromLink ?? kept();

  function give(): string {
    if (token === null) throw new Error("There is no token.");
    if (expiryOf(token) <= now()) throw new Error("The token has run out.");
    return token;
  }

  function kept(): string | null {
    const earlier = storage?.getItem(storageKey) ?? null;
    if (earlier === null || expiryOf(earlier) > now()) return earlier;
    forget();
    return null;
  }

  function forget(): void {
    storage?.removeItem(storageKey);
  }

  return { token, give, forget };
}

/** Milliseconds since 1970; Infinity for what cannot be read, which the server will judge. */
export function expiryOf(token: string): number {
  try {
    const [, payload = ""] = token.split(".");
    const bytes = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const claims: unknown = JSON.parse(bytes);
    if (typeof claims !== "object" || claims === null || !("exp" in claims)) return Infinity;
    return typeof claims.exp === "number" ? claims.exp * 1_000 : Infinity;
  } catch {
    return Infinity;
  }
}
