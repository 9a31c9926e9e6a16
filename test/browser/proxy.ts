import { once } from "node:events";
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

/** What stands between many people and a server: a proxy with its own idea of HTTP. */
export type Proxy = {
  readonly url: string;
  /** Whether a WebSocket comes through. */
  upgrades: boolean;
  /** Whether an answer is passed on only when it is whole. */
  gathers: boolean;
  /** What was asked for, as "GET /". */
  readonly asked: string[];
  stop(): Promise<void>;
};

export async function startProxy(to: string): Promise<Proxy> {
  const { hostname, port } = new URL(to);
  const upgraded = new Set<Duplex>();
  const server = createServer(pass).on("upgrade", upgrade).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades: false,
    gathers: false,
    asked: [],
    async stop() {
      for (const socket of upgraded) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request;
    proxy.asked.push(`${method} ${url}`);
    const onward = ask({ hostname, port, path: url, method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!proxy.gathers) return void answer.pipe(response);
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => response.end(Buffer.concat(parts)));
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  function upgrade({ url, rawHeaders }: IncomingMessage, socket: Duplex, head: Buffer): void {
    proxy.asked.push(`UPGRADE ${url}`);
    socket.on("error", () => socket.destroy());
    if (!proxy.upgrades) return void socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    const onward = connect(Number(port), hostname, () => {
      const lines = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : []));
      onward.write(`GET ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    upgraded.add(socket).add(onward);
  }
}
