import { createServer, type Server, type Socket } from "node:net";
import { limits } from "@chorus/protocol/limits.ts";
import type { Config } from "../config.ts";

/** The public port, open already, for a server that is still being made. */
export type PublicPort = {
  readonly number: number;
  /** From here on the server answers; whoever has come before is first. */
  handOver(to: Server): void;
};

const backlog = 4_096;

/**
 * Opened before a gateway's programs are loaded, which takes a second on a busy machine: who comes back to a gateway that
 * was killed waits for it in the port, instead of being refused and trying again ever later.
 */
export function openPublicPort({ host, port, single }: Config): Promise<PublicPort> {
  const waiting: Socket[] = [];
  const early = createServer({ pauseOnConnect: true }, (socket) => {
    if (waiting.length < limits.connectionsMax) waiting.push(socket.on("error", () => {}));
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    early.once("error", reject);
    early.listen({ host, port, reusePort: !single && port !== 0, backlog }, () => {
      const address = early.address();
      resolve({
        number: typeof address === "object" && address !== null ? address.port : port,
        handOver(to) {
          to.listen(early);
          for (const socket of waiting.splice(0)) {
            to.emit("connection", socket);
            socket.resume();
          }
        },
      });
    });
  });
}
