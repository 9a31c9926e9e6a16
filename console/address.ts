/** What the page was opened with. */
export type Address = {
  room: string;
  /** A JSON Web Token from the fragment, which no browser sends to a server; null for a guest. */
  token: string | null;
  /** The address without the token, as it may be seen, shared and kept in the history. */
  clean: string;
};

const defaultRoom = "demo";
const roomPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function readAddress(href: string): Address {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  const token = fragment.get("token");
  fragment.delete("token");
  url.hash = fragment.toString();
  const room = url.searchParams.get("room");
  return {
    room: room === null || room === "" ? defaultRoom : room,
    token: token === "" ? null : token,
    clean: url.href,
  };
}

/** Asked before connecting: the server could only answer that it cannot read the request. */
export function isRoomName(room: string): boolean {
  return roomPattern.test(room);
}
