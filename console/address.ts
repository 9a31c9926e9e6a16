/** What the page was opened with. */
export type Address = {
  room: string;
  /** A JSON Web Token from the fragment, which no browser sends to a server; null for a guest. */
  token: string | null;
  /** The address without the token, as it may be shown, shared and kept in the history. */
  clean: string;
};

export const defaultRoom = "demo";
const roomPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function readAddress(href: string): Address {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get("token");
  fragment.delete("token");
  url.hash = fragment.toString();
  return { room: url.searchParams.get("room") ?? defaultRoom, token: token === "" ? null : token, clean: url.href };
}

/** The server would say so too, but only of a request that it could read. */
export function isRoomName(room: string): boolean {
  return roomPattern.test(room);
}

/** Where the SDK connects: the server that the page came from. */
export function socketUrl(href: string): string {
  const url = new URL("/v1/connect", href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
