import * as codes from "./codes.ts";
import type { Connection, Transport } from "./transport.ts";
import { websocketTransport } from "./websocket-transport.ts";

/** Which attempt is next: 0 and 1 are WebSockets, 2 is over HTTP. */
export type Turn = 0 | 1 | 2;
/** What became of one: it said something, it closed before that, or it was given up without a word. */
export type Fate = "heard" | "failed" | "silent";

/** What is heard is stayed with. A WebSocket that fails has another try; one that is silent is held up on the way. */
export function nextTurn(turn: Turn, fate: Fate): Turn {
  if (fate === "failed") return turn === 0 ? 1 : turn === 1 ? 2 : 0;
  return (fate === "heard") === (turn === 2) ? 2 : 0;
}

/**
 * WebSockets, and where none comes about, HTTP, whose program is loaded then. When that finds that a WebSocket would come
 * about, it closes as `drained`.
 */
export function waysOf(
  first: Transport = websocketTransport,
  second: () => Promise<Transport> = async () => (await import("./http-transport.ts")).httpTransport,
): Transport {
  let turn: Turn = 0;
  return {
    accept: [...(first.accept ?? []), "segments"],
    open(url, events) {
      let isJudged = false;
      let connection: Connection | null | undefined;
      if (turn < 2) begin(first);
      else second().then(begin, () => closed(1006, null));
      return {
        send: (text) => connection?.send(text),
        close(code) {
          judge("silent");
          connection?.close(code);
          connection = null;
        },
      };

      function begin(transport: Transport): void {
        if (connection !== null) connection = transport.open(url, { ...events, received, closed });
      }

      function received(text: string): void {
        judge("heard");
        events.received(text);
      }

      function closed(code: number, retryMs: number | null): void {
        judge("failed");
        if (code === codes.drained || code === codes.polled) turn = code === codes.polled ? 2 : 0;
        events.closed(code, retryMs);
      }

      function judge(fate: Fate): void {
        if (!isJudged) turn = nextTurn(turn, fate);
        isJudged = true;
      }
    },
  };
}
