import { createServer, type Server, type ServerOptions, STATUS_CODES } from "node:http";
import { limits } from "@chorus/protocol/limits.ts";
import { apiLimits } from "./api-limits.ts";
import type { HttpHandler } from "./front.ts";
import type { ApiObserver } from "./http-app.ts";
import { type Problem, problem, written } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";

/**
 * A server that gives a request only so long to arrive and a header only so much room. Node looks at open requests at
 * an interval, so a slow one may live that much longer. What becomes a WebSocket leaves these bounds with its upgrade.
 */
export function createHttpServer(
  handle: HttpHandler,
  observe: Pick<ApiObserver, "limit"> = {},
  bounds: ServerOptions = {},
): Server {
  return createServer({ ...httpServerOptions, ...bounds }, handle).on(
    "clientError",
    (error: NodeJS.ErrnoException, socket) => {
      if (!socket.writable || error.code === "ECONNRESET") {
        socket.destroy();
        return;
      }
      const answer = problemOf(error.code);
      if (answer.limit !== undefined) observe.limit?.(answer.limit);
      socket.end(responseTo(answer), () => socket.destroy());
    },
  );
}

const httpServerOptions: ServerOptions = {
  maxHeaderSize: apiLimits.apiHeaderBytesMax,
  headersTimeout: limits.upgradeWithinMs,
  requestTimeout: apiLimits.apiRequestWithinMs,
  keepAliveTimeout: apiLimits.apiIdleMs,
  connectionsCheckingInterval: 1_000,
};

function problemOf(code: string | undefined): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return problem("header-too-large", "Send fewer or shorter header fields.", {
        limit: "apiHeaderBytesMax",
      });
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return problem("timeout", "Send the whole request without pausing.", { limit: "apiRequestWithinMs" });
    default:
      return problem("malformed", "Send a request of HTTP/1.1.");
  }
}

function responseTo(answer: Problem): Buffer {
  const { status, headers, body } = written(answer);
  const lines = Object.entries({ ...securityHeaders, ...headers, connection: "close" });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}
