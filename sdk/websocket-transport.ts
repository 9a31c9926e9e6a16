import type { Connection, Transport, TransportEvents } from "./transport.ts";

/** Closed without a close frame, by RFC 6455 section 7.1.5. */
const abnormal = 1006;

/** The platform's own WebSocket: every browser, and Node from version 22. */
export const websocketTransport: Transport = { accept: encodings(), open };

function open(url: string, events: TransportEvents): Connection {
  const socket = new WebSocket(url);
  /* A blob is read in another process of the browser, which costs the page a multiple. */
  socket.binaryType = "arraybuffer";
  const inOrder = createOrder(() => socket.close());
  socket.addEventListener("open", () => events.opened());
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string") inOrder(data, events.received);
    else if (data instanceof ArrayBuffer) inOrder(inflated(data), events.received);
  });
  socket.addEventListener("close", ({ code }) => inOrder("", () => events.closed(code || abnormal, null)));
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: (code) => socket.close(code),
  };
}

/** Browsers from 2023 on, and Node, inflate by themselves. */
function encodings(): readonly string[] {
  try {
    return inflate() && ["deflate"];
  } catch {
    return [];
  }
}

function inflate(): DecompressionStream {
  return new DecompressionStream("deflate-raw");
}

/** A binary frame is a text frame that was deflated as a whole (RFC 1951). */
function inflated(data: ArrayBuffer): Promise<string> {
  const { readable, writable } = inflate();
  const writer = writable.getWriter();
  /* What cannot be inflated fails where it is read. */
  writer.write(data).catch(() => {});
  writer.close().catch(() => {});
  return new Response(readable).text();
}

/** From the first frame that is inflated on, each waits for those before it. */
function createOrder(
  broken: () => void,
): (text: string | Promise<string>, use: (text: string) => void) => void {
  let last: Promise<void> | null = null;
  return (text, use) => {
    if (last === null && typeof text === "string") use(text);
    else last = Promise.all([text, last]).then(([ready]) => use(ready), broken);
  };
}
