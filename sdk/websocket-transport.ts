import type { Connection, Transport, TransportEvents } from "./transport.ts";

/** Closed without a close frame, by RFC 6455 section 7.1.5. */
const abnormal = 1006;

/** The platform's own WebSocket: every browser, and Node from version 22. */
export const websocketTransport: Transport = { open };

function open(url: string, events: TransportEvents): Connection {
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") events.received(data);
  });
  socket.addEventListener("close", ({ code }) => events.closed(code === 0 ? abnormal : code, null));
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close(code) {
      if (socket.readyState === WebSocket.CONNECTING || socket.readyState === WebSocket.OPEN)
        socket.close(code);
    },
  };
}
