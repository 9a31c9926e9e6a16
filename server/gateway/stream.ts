import type { ServerResponse } from "node:http";
import { type CloseName, closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Problem, problem, sendProblem } from "../api/problem.ts";
import type { Connection } from "./connection.ts";
import { closeEvent, eventOf, type StreamEvent } from "./stream-event.ts";

/**
 * From when on what is sent is written: from the welcome; from `joined`, so that who may not read the room is answered by a
 * status; or at the end, as one answer.
 */
export type Begins = "welcome" | "joined" | "end";

export type StreamWorld = {
  readonly address: string;
  readonly begins: Begins;
  epochOf(room: string): string | undefined;
  /** Told of each event, with all bytes so far. */
  sent(event: StreamEvent, bytes: number): void;
};

/**
 * The answer to an HTTP request as a connection: frames become server-sent events. The answer has no length and is not
 * chunked, but ends with its socket (RFC 9112 section 6.3), so that an event is one write of bytes that all readers share.
 */
export class StreamConnection implements Connection {
  readonly oneWay = true;
  readonly address: string;
  readonly #response: ServerResponse;
  readonly #world: StreamWorld;
  /** Null once the answer has begun. */
  #held: Buffer[] | null = [];
  #heldBytes = 0;
  #bytes = 0;
  /** What happens is still told by a status. */
  #isUndecided = true;
  #isOver = false;

  constructor(response: ServerResponse, world: StreamWorld) {
    this.address = world.address;
    this.#response = response;
    this.#world = world;
    response.on("error", () => response.destroy());
  }

  send(frames: Uint8Array): void {
    if (this.#isOver) return;
    const event = eventOf(frames, this.#world.epochOf);
    this.#bytes += event.bytes.length;
    this.#write(event.bytes);
    const { begins } = this.#world;
    if (event.kind === "left" && begins === "joined" && this.#isUndecided) return this.#refuse(notIn(frames));
    if (event.kind === begins || (begins === "end" && event.kind === "welcome")) this.#decide();
    this.#world.sent(event, this.#bytes);
  }

  /** An event is one write, and nobody is answered on a stream. */
  sendSoon(frames: Uint8Array): void {
    this.send(frames);
  }

  flush(): void {}

  close(code: CloseName, sentence: string): void {
    if (this.#isOver) return;
    if (this.#isUndecided) return this.#refuse(problemOf(code, sentence));
    this.#write(closeEvent(closeCodes[code], sentence));
    this.#isOver = true;
    const held = this.#held;
    if (held !== null)
      this.#response
        .writeHead(200, { ...headers, "content-length": this.#heldBytes })
        .write(Buffer.concat(held));
    this.#response.end();
    this.#cutOffLate();
  }

  buffered(): number {
    return this.#heldBytes + (this.#response.socket?.writableLength ?? 0);
  }

  #write(bytes: Buffer): void {
    if (this.#held === null) return void this.#response.write(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }

  #decide(): void {
    this.#isUndecided = false;
    if (this.#world.begins === "end" || this.#held === null) return;
    this.#response.removeHeader("transfer-encoding");
    this.#response.writeHead(200, { ...headers, connection: "close" });
    this.#response.write(Buffer.concat([retryLine(), ...this.#held]));
    this.#held = null;
    this.#heldBytes = 0;
  }

  #refuse(answer: Problem): void {
    this.#isOver = true;
    sendProblem(this.#response, answer);
    this.#cutOffLate();
  }

  /** Who takes nothing of the end does not hold the socket. */
  #cutOffLate(): void {
    this.#response.setTimeout(limits.closeWithinMs, () => this.#response.destroy());
  }
}

/** The last is for proxies that would gather an answer before they pass it on. */
export const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** When an `EventSource` comes back: by chance, so that not all come at once. */
function retryLine(): Buffer {
  return Buffer.from(`retry: ${500 + Math.floor(Math.random() * 2_000)}\n\n`);
}

const busyMs = 5_000;

function problemOf(name: CloseName, sentence: string): Problem {
  const close = closeCodes[name];
  switch (name) {
    case "tokenExpired":
    case "tokenRevoked":
    case "unauthorised":
      return problem("unauthorised", sentence, {
        close,
        headers: { "www-authenticate": 'Bearer realm="chorus", error="invalid_token"' },
      });
    case "version":
    case "malformed":
      return problem("malformed", sentence, { close });
    case "banned":
      return problem("forbidden", sentence, { close });
    case "forbiddenOrigin":
      return problem("forbidden-origin", sentence, { close });
    case "tooManyConnections":
      return problem("rate", sentence, { close, limit: "connectionsPerIpMax", retryMs: busyMs });
    default:
      return problem("unavailable", sentence, { close, retryMs: Math.ceil(Math.random() * busyMs) });
  }
}

/** @param frame a `left`. */
function notIn(frame: Uint8Array): Problem {
  const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString();
  switch (/"reason":"([^"]+)"/.exec(text)?.[1]) {
    case "banned":
      return problem("forbidden", "A moderator banned you from this room.");
    case "forbidden":
      return problem("forbidden", "You may not read this room: send a ticket of somebody who may.");
    case "no-such-room":
      return problem("no-such-room", "Check the room's name.");
    default:
      return problem("unavailable", "The room is not available at the moment.", { retryMs: busyMs });
  }
}
