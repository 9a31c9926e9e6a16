import type { IncomingMessage } from "node:http";
import { addressKey, clientAddress, type Cidr } from "../identity/client-address.ts";

/** The address that limits are counted by: of the client itself, where only proxies that are trusted stand before it. */
export function addressOf(
  { socket, headers }: Pick<IncomingMessage, "socket" | "headers">,
  proxies: readonly Cidr[],
): string {
  const forwarded = headers["x-forwarded-for"];
  const forwardedFor = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
  return addressKey(clientAddress(socket.remoteAddress ?? "", forwardedFor, proxies));
}
