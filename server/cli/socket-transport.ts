import { limits } from "@chorus/protocol/limits.ts";
import type { Connection, Transport, TransportEvents } from "@chorus/sdk/transport.ts";
import { type ClientOptions, WebSocket } from "ws";

/** Connections for many clients in one process: the platform's WebSocket takes several times the memory. */
export const socketTransport: Transport = {
  open: (url, events) =>
    openSocket(url, { ...events, received: (bytes) => events.received(bytes.toString("utf8")) }),
};

export type SocketEvents = Omit<TransportEvents, "received"> & { received(bytes: Buffer): void };

/** A view of a thousand long messages fits well; no server may make a client hold more. */
const frameBytesMax = limits.busFrameBytesMax;
const socketOptions: ClientOptions & { closeTimeout: number } = {
  perMessageDeflate: false,
  maxPayload: frameBytesMax,
  handshakeTimeout: 10_000,
  closeTimeout: limits.closeWithinMs,
};

export function openSocket(url: string, events: SocketEvents): Connection {
  const socket = new WebSocket(url, socketOptions);
  socket.on("open", () => events.opened());
  socket.on("message", (data, isBinary) => {
    if (!isBinary && Buffer.isBuffer(data)) events.received(data);
  });
  // The close that follows an error is all there is to know.
  socket.on("error", () => undefined);
  socket.on("close", (code) => events.closed(code === 0 ? abnormal : code, null));
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close(code) {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.close(code);
    },
  };
}

/** Closed without a close frame, by RFC 6455 section 7.1.5. */
const abnormal = 1006;
