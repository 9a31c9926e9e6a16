import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { Transport, TransportEvents } from "./transport.ts";

export type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly frames: Record<string, unknown>[];
  /** Nothing of it is answered before the test does. */
  readonly response: ServerResponse;
  /** Begins a stream, or goes on with it. */
  says(...frames: object[]): void;
  /** Ends a stream, with a close code unless it just breaks off. */
  ends(code?: number): void;
  /** Answers with JSON. */
  answers(body: unknown, status?: number, headers?: Record<string, string>): void;
};
export type FakeServer = AsyncDisposable & { url: string; asked: Asked[]; next(): Promise<Asked> };

/** An HTTP server whose answers the test gives itself. */
export async function aFakeServer(): Promise<FakeServer> {
  const asked: Asked[] = [];
  let taken = 0;
  const server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/connect`,
    asked,
    async next() {
      while (asked.length === taken) await turn();
      taken += 1;
      return asked[taken - 1] as Asked;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const { headers } = request;
    const begin = () =>
      response.headersSent || response.writeHead(200, { "content-type": "text/event-stream" });
    asked.push({
      path: request.url ?? "",
      headers,
      frames: JSON.parse(body) as Record<string, unknown>[],
      response,
      says(...frames) {
        begin();
        for (const frame of frames) response.write(`data: ${JSON.stringify(frame)}\n\n`);
      },
      ends(code) {
        begin();
        response.end(
          code === undefined ? "" : `event: close\ndata: ${JSON.stringify({ code, reason: "" })}\n\n`,
        );
      },
      answers(json, status = 200, more = {}) {
        response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(json));
      },
    });
  }
}

export type Heard = { t: string; [field: string]: unknown };
export type Opened = {
  readonly heard: Heard[];
  readonly closed: { code: number; retryMs: number | null } | null;
  send(request: object): void;
  close(): void;
  until(holds: () => boolean): Promise<void>;
};

/** A connection that says this when it is opened. */
export function openAt(transport: Transport, url: string, ...first: object[]): Opened {
  const heard: Heard[] = [];
  let closed: Opened["closed"] = null;
  const events: TransportEvents = {
    opened: () => first.forEach(send),
    received: (text) => heard.push(JSON.parse(text) as Heard),
    closed: (code, retryMs) => (closed = { code, retryMs }),
  };
  const connection = transport.open(url, events);
  function send(request: object): void {
    connection.send(JSON.stringify(request));
  }
  return {
    heard,
    get closed() {
      return closed;
    },
    send,
    close: () => connection.close(1000),
    async until(holds) {
      while (!holds()) await turn();
    },
  };
}
