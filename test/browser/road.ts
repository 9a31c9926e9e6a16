import type { Page, WebSocketRoute } from "playwright-core";

/** The way between a page and its server, in the hands of a test. */
export type Road = {
  /** For `prepare`. */
  lay(page: Page): Promise<unknown>;
  /** What is connected is cut off, and connects no more until it is open again. */
  close(): Promise<void>;
  open(): void;
  /** As if the server had said it. */
  say(frame: object): void;
};

const serverGone = 1_011;

export function aRoad(): Road {
  const sockets: WebSocketRoute[] = [];
  let isOpen = true;
  return {
    lay: (page) =>
      page.routeWebSocket(/\/v1\/connect/, (socket) => {
        if (!isOpen) return void socket.close({ code: serverGone });
        socket.connectToServer();
        sockets.push(socket);
      }),
    async close() {
      isOpen = false;
      await sockets.at(-1)?.close({ code: serverGone });
    },
    open: () => (isOpen = true),
    say: (frame) => sockets.at(-1)?.send(JSON.stringify(frame)),
  };
}
