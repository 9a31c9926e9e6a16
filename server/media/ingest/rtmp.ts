import { createServer, type Server, type Socket } from "node:net";
import { limits } from "@chorus/protocol/limits.ts";
import { createAddressBudget } from "../../api/address-budget.ts";
import type { Clock } from "../../clock.ts";
import { addressKey } from "../../identity/client-address.ts";
import { runRtmpSession, type SessionEvents } from "./rtmp-session.ts";

export type RtmpOptions = SessionEvents & {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly clock: Clock;
  /** A bound of this name was reached. */
  reached(
    limit: "mediaRtmpConnectionsMax" | "mediaRtmpConnectsBurst" | "mediaRtmpPendingPerAddressMax",
  ): void;
};
export type Rtmp = { readonly port: number; close(): Promise<void> };

/**
 * The one port for encoders that speak RTMP: `rtmp://HOST:PORT/live` as the server, `ROOM?key=KEY` as the stream key.
 * @returns why the port cannot be listened on, or what closes it again.
 */
export function openRtmp(options: RtmpOptions): Promise<Rtmp | { readonly obstacle: string }> {
  const sockets = new Set<Socket>();
  const door = createDoor(options, sockets);
  const server = createServer({ noDelay: true }, (socket) => {
    if (!door.letsIn(socket)) return void socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    const settled = door.waits(socket);
    runRtmpSession(socket, options.clock, options, settled);
  });
  return new Promise((resolve) => {
    server.once("error", (error) => {
      resolve({ obstacle: `RTMP cannot listen on ${options.host}:${options.port}: ${error.message}` });
    });
    server.listen(options.port, options.host, () => {
      resolve({ port: portOf(server, options.port), close: () => close(server, sockets) });
    });
  });
}

type Door = {
  letsIn(socket: Socket): boolean;
  /** Counts who has not shown a key yet; returns what ends that. */
  waits(socket: Socket): () => void;
};

function createDoor(options: RtmpOptions, sockets: ReadonlySet<Socket>): Door {
  /** By address, who has not shown a key yet. */
  const waiting = new Map<string, number>();
  /** All of them, who waits longest first, and what ends their wait. */
  const pending = new Map<Socket, () => void>();
  const connects = createAddressBudget(
    {
      perSecond: limits.mediaRtmpConnectsPerMinute / 60,
      burst: limits.mediaRtmpConnectsBurst,
      addressesMax: limits.mediaAddressesMax,
    },
    () => options.reached("mediaRtmpConnectsBurst"),
  );

  function letsIn(socket: Socket): boolean {
    const address = addressKey(socket.remoteAddress ?? "");
    if (connects.spend(address, 1, options.clock.now()) > 0) return refused("mediaRtmpConnectsBurst");
    if ((waiting.get(address) ?? 0) >= limits.mediaRtmpPendingPerAddressMax)
      return refused("mediaRtmpPendingPerAddressMax");
    return sockets.size < limits.mediaRtmpConnectionsMax || takesPlace();
  }

  /** Whoever has waited longest had their chance: so those who never show a key do not keep out those who do. */
  function takesPlace(): boolean {
    options.reached("mediaRtmpConnectionsMax");
    const [oldest] = pending;
    if (oldest === undefined) return false;
    const [socket, settled] = oldest;
    settled();
    socket.destroy();
    return true;
  }

  function refused(limit: Parameters<RtmpOptions["reached"]>[0]): false {
    options.reached(limit);
    return false;
  }

  function waits(socket: Socket): () => void {
    const address = addressKey(socket.remoteAddress ?? "");
    waiting.set(address, (waiting.get(address) ?? 0) + 1);
    pending.set(socket, settled);
    return settled;

    function settled(): void {
      if (!pending.delete(socket)) return;
      const left = (waiting.get(address) ?? 1) - 1;
      if (left === 0) waiting.delete(address);
      else waiting.set(address, left);
    }
  }

  return { letsIn, waits };
}

function portOf(server: Server, asked: number): number {
  const address = server.address();
  return address === null || typeof address === "string" ? asked : address.port;
}

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
