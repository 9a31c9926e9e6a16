import type { Server } from "node:http";
import type { Config } from "../config.ts";
import { addressKey, isTrustedProxy } from "../identity/client-address.ts";
import { apiLimits } from "./api-limits.ts";
import type { ApiObserver } from "./http-app.ts";

/**
 * Before a connection has said anything it holds a file descriptor already: so an address has so many at one gateway, its
 * WebSockets and some more. What is above is cut off without an answer. The proxies of the operator carry everybody, and
 * are not counted.
 */
export function boundSockets(
  server: Server,
  config: Pick<Config, "connectionsPerIpMax" | "trustedProxies">,
  observe: Pick<ApiObserver, "limit"> = {},
): void {
  const most = config.connectionsPerIpMax + apiLimits.apiSocketsPerIpMax;
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const { remoteAddress = "" } = socket;
    if (isTrustedProxy(remoteAddress, config.trustedProxies)) return;
    const address = addressKey(remoteAddress);
    const count = open.get(address) ?? 0;
    if (count >= most) {
      observe.limit?.("apiSocketsPerIpMax");
      socket.destroy();
      return;
    }
    open.set(address, count + 1);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
