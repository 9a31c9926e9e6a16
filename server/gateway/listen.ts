import { type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "@chorus/protocol/limits.ts";
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { FrontConfig } from "../api/front.ts";
import { isMisdirected, isOriginAllowed, misdirected } from "../api/origins.ts";
import { addressOf } from "../api/address-of.ts";
import { crowded, turnedAwayFor } from "./admission.ts";
import { receivePing, receiveText } from "./greeting.ts";
import { refuseMalformed } from "./requests.ts";
import { closeSession, heard, openSession } from "./sessions.ts";
import { pongFrame, RawConnection } from "./socket.ts";
import type { Gateway, Session } from "./state.ts";

/** Makes `/v1/connect` of an HTTP server a WebSocket endpoint. */
export function acceptSockets(
  server: Server,
  gateway: Gateway,
  config: FrontConfig,
  closeWithinMs: number = limits.closeWithinMs,
): void {
  const options: ServerOptions & { closeTimeout: number } = { ...socketOptions, closeTimeout: closeWithinMs };
  const sockets = new WebSocketServer(options);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { origin, host } = request.headers;
    if (request.url?.split("?", 1)[0] !== "/v1/connect")
      return turnAway(socket, 404, "WebSockets are served at /v1/connect.");
    if (isMisdirected(config, host)) return turnAway(socket, 421, misdirected.detail);
    const retryS = turnedAwayFor(gateway);
    if (retryS !== null) return turnAway(socket, 503, crowded, `Retry-After: ${retryS}`);
    const allowed = origin === undefined || isOriginAllowed(config.origins, origin, host);
    const address = addressOf(request, config.trustedProxies);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      serve(gateway, ws, new RawConnection(ws, socket as Socket, address), allowed);
    });
  });
}

/** Compression is ours (once a frame, not once a socket), and so is the list of connections. */
const socketOptions: ServerOptions = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  autoPong: false,
  maxPayload: limits.frameBytesMax,
};

/** The handlers find gateway and session on the socket, so that they are the same functions for every connection. */
type Served = WebSocket & { chorus?: { gateway: Gateway; session: Session; connection: RawConnection } };

function serve(gateway: Gateway, ws: Served, connection: RawConnection, allowed: boolean): void {
  ws.on("error", onError);
  if (!allowed) {
    gateway.observe.closed?.("forbiddenOrigin");
    return connection.close(
      "forbiddenOrigin",
      "Pages of this origin may not connect here. The operator can allow it with --origins.",
    );
  }
  const session = openSession(gateway, connection);
  if (session === null) return;
  ws.chorus = { gateway, session, connection };
  ws.on("message", onMessage);
  ws.on("ping", onPing);
  ws.on("pong", onPong);
  ws.on("close", onClose);
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  const { chorus } = this as Served;
  if (chorus === undefined || chorus.session.phase === "closed") return;
  const { gateway, session } = chorus;
  if (isBinary) refuseMalformed(gateway, session, "Frames are text, not binary.");
  else receiveText(gateway, session, (data as Buffer).toString("utf8"));
  restrain(chorus);
}

function onPing(this: WebSocket, data: Buffer): void {
  const { chorus } = this as Served;
  if (chorus === undefined || !receivePing(chorus.gateway, chorus.session)) return;
  chorus.connection.send(pongFrame(data));
  restrain(chorus);
}

function restrain({ gateway, connection }: NonNullable<Served["chorus"]>): void {
  if (connection.restrain()) gateway.observe.limit?.("stalledBytesMax");
}

function onPong(this: WebSocket): void {
  const { chorus } = this as Served;
  if (chorus !== undefined) heard(chorus.gateway, chorus.session);
}

function onClose(this: WebSocket): void {
  const { chorus } = this as Served;
  if (chorus !== undefined) closeSession(chorus.gateway, chorus.session);
}

/** `ws` has closed the connection with the code that RFC 6455 section 7.4.1 has for it; here it is counted. */
function onError(this: WebSocket, error: Error & { code?: string }): void {
  const { chorus } = this as Served;
  const observe = chorus?.gateway.observe;
  if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") observe?.limit?.("frameBytesMax");
  else if (error.code?.startsWith("WS_ERR_") === true) observe?.refused?.("malformed");
}

function turnAway(socket: Duplex, status: 404 | 421 | 503, sentence: string, header?: string): void {
  const body = `${sentence}\n`;
  socket.on("error", () => socket.destroy());
  socket.once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n${header === undefined ? "" : `${header}\r\n`}\r\n${body}`,
  );
}
