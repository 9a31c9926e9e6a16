import type { Frame } from "@chorus/protocol/frames.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { parseFrame } from "@chorus/protocol/parse.ts";
import { type ClientOptions, WebSocket } from "ws";

/** Where an abuser works: the public port, and the address of this machine that they come from. */
export type Site = { port: number; address: string };

/** One connection of an abuser. What comes must be a frame of the documented shape; what is none counts as `strange`. */
export type Line = {
  readonly frames: readonly Frame[];
  readonly strange: number;
  /** The close code, once it is closed. */
  readonly code: number | null;
  /** A text frame of any bytes; `more` leaves the message open. */
  send(text: string | Buffer, more?: boolean): void;
  request(request: Readonly<Record<string, unknown>>): void;
  all<T extends Frame["t"]>(t: T): Extract<Frame, { t: T }>[];
  ping(): void;
  /** Stops reading, so that what comes waits in the kernel and then in the server. */
  pause(): void;
  resume(): void;
  /** Waits for a condition; false when it does not hold in time, or when the connection ends without it. */
  until(holds: () => boolean, withinMs?: number): Promise<boolean>;
  end(): void;
};

const answerWithinMs = 10_000;
const socketOptions: ClientOptions & { closeTimeout: number } = {
  perMessageDeflate: false,
  maxPayload: limits.busFrameBytesMax,
  handshakeTimeout: answerWithinMs,
  closeTimeout: limits.closeWithinMs,
};
const abnormal = 1006;

export function openLine({ port, address }: Site): Promise<Line> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/v1/connect`, { ...socketOptions, localAddress: address });
  const frames: Frame[] = [];
  const watchers = new Set<() => void>();
  let strange = 0;
  let code: number | null = null;
  const line: Line = {
    frames,
    get strange() {
      return strange;
    },
    get code() {
      return code;
    },
    send(text, more = false) {
      if (ws.readyState === WebSocket.OPEN) ws.send(text, { binary: false, fin: !more });
    },
    request: (request) => line.send(JSON.stringify(request)),
    all: (t) => frames.filter((frame): frame is Extract<Frame, { t: typeof t }> => frame.t === t),
    ping() {
      if (ws.readyState === WebSocket.OPEN) ws.ping();
    },
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    until,
    end: () => ws.terminate(),
  };
  ws.on("message", (data: Buffer) => {
    try {
      frames.push(parseFrame(data.toString("utf8")));
    } catch {
      strange += 1;
    }
    for (const look of watchers) look();
  });
  /* The close that follows an error is all there is to know. */
  ws.on("error", () => undefined);
  ws.on("close", (closedWith) => {
    code = closedWith === 0 ? abnormal : closedWith;
    for (const look of watchers) look();
  });
  return new Promise((resolve) => {
    ws.once("open", () => resolve(line));
    ws.once("close", () => resolve(line));
  });

  function until(holds: () => boolean, withinMs = answerWithinMs): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, withinMs);
      function look(): void {
        if (holds() || code !== null) end();
      }
      function end(): void {
        clearTimeout(timer);
        watchers.delete(look);
        resolve(holds());
      }
      watchers.add(look);
      look();
    });
  }
}

/** Says hello, with a token or as a guest, and waits for the welcome. */
export async function greet(line: Line, hello: { token?: string; name?: string } = {}): Promise<boolean> {
  line.request({ t: "hello", v: 1, ...hello });
  return line.until(() => line.all("welcome").length > 0);
}

export async function enter(line: Line, hello: { token?: string; name?: string }): Promise<boolean> {
  line.request({ t: "hello", v: 1, ...hello });
  line.request({ t: "join", room: "demo" });
  return line.until(() => line.all("view").length > 0);
}
