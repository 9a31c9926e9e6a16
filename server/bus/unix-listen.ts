import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";

/**
 * A server on a Unix socket that only this user can reach. The file of a killed process stays behind; it is removed
 * when nobody answers on it.
 */
export async function listenOn(path: string): Promise<Server> {
  const server = createServer();
  if (!(await tryListen(server, path))) {
    const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() ?? true;
    if (!isSocket) throw new Error(`${path} is not a socket and stays as it is.`);
    if (await isAnswered(path)) throw new Error(`Another process already listens on ${path}.`);
    rmSync(path, { force: true });
    if (!(await tryListen(server, path))) throw new Error(`Another process has just taken ${path}.`);
  }
  chmodSync(path, 0o600);
  return server;
}

/** False when the path exists. */
function tryListen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    function failed(error: NodeJS.ErrnoException): void {
      server.off("listening", listening);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    }
    function listening(): void {
      server.off("error", failed);
      resolve(true);
    }
    server.once("error", failed);
    server.once("listening", listening);
    server.listen(path);
  });
}

/** Any other error than these two, such as a full backlog, means that somebody is there. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
    });
  });
}
