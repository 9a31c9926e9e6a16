import { inflateRawSync } from "node:zlib";
import assert from "node:assert/strict";
import type { CloseName } from "@chorus/protocol/close-codes.ts";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { Frame } from "@chorus/protocol/frames.ts";
import { key, type Key, roomId, seq } from "@chorus/protocol/ids.ts";
import { parseFrame } from "@chorus/protocol/parse.ts";
import type { Request } from "@chorus/protocol/requests.ts";
import type { Connection } from "./connection.ts";
import { receiveText } from "./greeting.ts";
import { closeSession, heard, openSession } from "./sessions.ts";
import type { Gateway, Session } from "./state.ts";

export const demo = roomId("demo");

/** Frames as a client meets them, and a connection whose other end the test holds. */
export type Client = {
  readonly session: Session | null;
  readonly frames: readonly Frame[];
  readonly closed: CloseName | null;
  /** What was written to its socket, one by one. */
  readonly writes: readonly Uint8Array[];
  /** Bytes that its socket still holds. */
  buffered: number;
  /** Whether it answers pings, as browsers do by themselves. */
  alive: boolean;
  sends(request: Request | string): void;
  /** With a position it resumes. */
  joins(position?: { epoch: string; seq: number }, room?: string): Client;
  says(text: string, room?: string): Key;
  reports(seen: number): void;
  /** It is gone without a word. */
  vanishes(): void;
  all<T extends Frame["t"]>(t: T): Extract<Frame, { t: T }>[];
  last<T extends Frame["t"]>(t: T): Extract<Frame, { t: T }>;
  /** Everything since this was asked last. */
  news(): Frame[];
  /** The ids and texts of the messages that it would show, in the order of their arrival. */
  shows(): string[];
  position(): number;
};

export function openClient(
  gateway: Gateway,
  settles: () => void,
  address = "192.0.2.1",
  oneWay = false,
): Client {
  const frames: Frame[] = [];
  const writes: Uint8Array[] = [];
  let closed: CloseName | null = null;
  let counter = 0;
  let read = 0;
  let base = 0;
  let held: Uint8Array[] = [];
  const connection: Connection = {
    address,
    oneWay,
    send(last) {
      assert.equal(closed, null, "nothing is written after the close");
      const bytes = held.length === 0 ? last : Buffer.concat([...held, last]);
      held = [];
      writes.push(bytes);
      for (const frame of framesIn(bytes)) {
        if (frame !== "ping") frames.push(frame);
        else if (client.alive && client.session !== null) heard(gateway, client.session);
      }
    },
    sendSoon(bytes) {
      held.push(bytes);
    },
    flush() {
      const last = held.pop();
      if (last !== undefined) connection.send(last);
    },
    close(code) {
      connection.flush();
      assert.equal(closed, null, "a connection is closed once");
      closed = code;
    },
    buffered: () => client.buffered,
  };
  const client: Client = {
    session: openSession(gateway, connection),
    frames,
    writes,
    get closed() {
      return closed;
    },
    buffered: 0,
    alive: true,
    sends(request) {
      assert.ok(client.session !== null, "the connection was refused");
      const text = typeof request === "string" ? request : JSON.stringify(request);
      receiveText(gateway, client.session, text);
      settles();
    },
    joins(position, room = demo) {
      base = position?.seq ?? base;
      client.sends(JSON.stringify({ t: "join", room, ...position }));
      return client;
    },
    says(text, room = demo) {
      const own = key(`session-${client.session?.id ?? 0}:${counter++}`);
      client.sends({ t: "say", room: roomId(room), key: own, text });
      return own;
    },
    reports: (seen) => client.sends({ t: "seen", room: demo, seq: seq(seen) }),
    vanishes() {
      closed ??= "silent";
      if (client.session !== null) closeSession(gateway, client.session);
    },
    all,
    last(t) {
      const found = all(t).at(-1);
      assert.ok(found !== undefined, `no ${t} among ${frames.map((frame) => frame.t).join(" ")}`);
      return found;
    },
    news() {
      const since = frames.slice(read);
      read = frames.length;
      return since;
    },
    shows: () => fold(frames, base).texts,
    position: () => fold(frames, base).position,
  };
  return client;

  function all<T extends Frame["t"]>(t: T): Extract<Frame, { t: T }>[] {
    return frames.filter((frame): frame is Extract<Frame, { t: T }> => frame.t === t);
  }
}

/** Whole frames by RFC 6455, and each of the documented shape. */
export function framesIn(bytes: Uint8Array): (Frame | "ping")[] {
  const found: (Frame | "ping")[] = [];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < view.length;) {
    const kind = view[at];
    const short = view[at + 1] ?? 0;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? view.readUInt16BE(at + 2) : Number(view.readBigUInt64BE(at + 2));
    assert.ok(at + header + length <= view.length, "a frame is whole");
    if (kind === 0x89) found.push("ping");
    else {
      assert.ok(kind === 0x81 || kind === 0x82, "of text, or deflated");
      const payload = view.subarray(at + header, at + header + length);
      found.push(parseFrame((kind === 0x82 ? inflateRawSync(payload) : payload).toString()));
    }
    at += header + length;
  }
  return found;
}

/** What the plainest client makes of its frames: a range counts when it continues what is known, and doubles do not. */
function fold(frames: readonly Frame[], base: number): { texts: string[]; position: number } {
  const shown = new Map<string, string>();
  const gone = new Set<string>();
  let position = base;
  for (const frame of frames) {
    if (frame.t === "view") {
      shown.clear();
      position = frame.seq;
      for (const body of frame.e) apply(body);
    } else if (frame.t === "entries" && frame.from <= position + 1 && frame.to > position) {
      for (const body of frame.e.slice(position + 1 - frame.from)) apply(body);
      position = frame.to;
    } else if (frame.t === "safety" || frame.t === "person") {
      for (const body of frame.e) apply(body);
    }
  }
  return { texts: [...shown].filter(([id]) => !gone.has(id)).map(([, text]) => text), position };

  function apply(body: EntryBody): void {
    if (body.k === "message") shown.set(body.id, body.text);
    else if (body.k === "edited" && shown.has(body.of)) shown.set(body.of, body.text);
    else if (body.k === "removed") for (const id of body.of) gone.add(id);
    else if (body.k === "restored") gone.delete(body.message.id);
  }
}
