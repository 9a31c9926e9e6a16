import type { Connection, Transport, TransportEvents } from "./transport.ts";

/** Closed without a close frame, by RFC 6455 section 7.1.5. */
const abnormal = 1006;

/** The platform's own WebSocket: every browser, and Node from version 22. */
export const websocketTransport: Transport = { accept: encodings(), open };

function open(url: string, events: TransportEvents): Connection {
  const socket = new WebSocket(url);
  const inOrder = createOrder(() => socket.close());
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") inOrder(data, events.received);
    else if (data instanceof Blob) inOrder(inflated(data), events.received);
  });
  socket.addEventListener("close", ({ code }) =>
    inOrder("", () => events.closed(code === 0 ? abnormal : code, null)),
  );
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

/** Browsers from 2023 on, and Node, inflate by themselves. */
function encodings(): readonly string[] {
  try {
    return inflate() === null ? [] : ["deflate"];
  } catch {
    return [];
  }
}

function inflate(): DecompressionStream {
  return new DecompressionStream("deflate-raw");
}

/** A binary frame is a text frame that was deflated as a whole (RFC 1951). */
function inflated(data: Blob): Promise<string> {
  return new Response(data.stream().pipeThrough(inflate())).text();
}

/** What comes at once waits for what is being inflated; without that, nothing waits. */
function createOrder(
  broken: () => void,
): (text: string | Promise<string>, use: (text: string) => void) => void {
  let last: Promise<void> | null = null;
  return (text, use) => {
    if (last === null && typeof text === "string") return use(text);
    const ended = Promise.all([text, last])
      /* In a turn of its own: what a listener throws is the page's to report, and stops nothing here. */
      .then(([ready]) => queueMicrotask(() => use(ready)), broken)
      .then(() => {
        if (last === ended) last = null;
      });
    last = ended;
  };
}
