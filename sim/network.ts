import { inflateRawSync } from "node:zlib";
import { type CloseName, closeCodes } from "@chorus/protocol/close-codes.ts";
import type { Frame } from "@chorus/protocol/frames.ts";
import type { Connection } from "@chorus/server/gateway/connection.ts";
import { receiveText } from "@chorus/server/gateway/greeting.ts";
import { closeSession, openSession } from "@chorus/server/gateway/sessions.ts";
import type { Gateway, Session } from "@chorus/server/gateway/state.ts";
import type { Random } from "./random.ts";
import type { Process, World } from "./world.ts";

/**
 * A connection between a client and a gateway: frames in order, with delay; it may break so that both ends hear of
 * it, break so that they do not, or be read no more for a while.
 */
export type Wire = {
  readonly node: GatewayNode;
  /** The client's end speaks. */
  send(text: string): void;
  close(code: number): void;
  /** Weather. */
  snap(): void;
  freeze(): void;
  stall(forMs: number): void;
};

export type WireEvents = {
  /** What the gateway writes, the moment it does. */
  sent(frames: readonly Frame[], node: GatewayNode): void;
  opened(): void;
  received(frame: Frame, from: Wire): void;
  closed(code: number): void;
};

export type GatewayNode = { process: Process; gateway: Gateway | null };

const kernelBytes = 64 * 1024;
/** So many read a stream over HTTP: they report nothing of what they have seen. */
const oneWayShare = 0.2;
const isReport = /^\{"t":"seen"/;

export function connectWire(
  world: World,
  random: Random,
  linkMs: number,
  node: GatewayNode,
  events: WireEvents,
): Wire {
  let session: Session | null = null;
  const { gateway, process } = node;
  const { life } = process;
  let clientOpen = true;
  let serverOpen = false;
  let frozen = false;
  let stalledUntil = 0;
  let bufferedBytes = 0;
  let held: Uint8Array[] = [];
  const onTheWay: { at: number; frames: Uint8Array }[] = [];
  const oneWay = random.next() < oneWayShare;
  let upAt = 0;
  let downAt = 0;
  const serverLives = (): boolean => process.alive && process.life === life;
  const delay = (): number => linkMs * (0.5 + random.next());

  const wire: Wire = {
    node,
    send(text) {
      if (!clientOpen || (oneWay && isReport.test(text))) return;
      upAt = Math.max(upAt, world.now + delay());
      world.plan(upAt - world.now, () => {
        if (serverOpen && !frozen && serverLives() && session !== null && gateway !== null)
          receiveText(gateway, session, text);
      });
    },
    close() {
      clientOpen = false;
      if (!frozen) world.plan(delay(), endServer);
    },
    snap() {
      world.plan(random.next() * 50, () => endClient(1006));
      world.plan(random.next() * 50, endServer);
    },
    freeze() {
      frozen = true;
    },
    stall(forMs) {
      stalledUntil = world.now + forMs;
    },
  };

  const connection: Connection = {
    address: "192.0.2.1",
    oneWay,
    send(last) {
      if (!serverOpen || !serverLives()) return;
      const frames = held.length === 0 ? last : Buffer.concat([...held, last]);
      held = [];
      events.sent(decoded(frames), node);
      bufferedBytes += frames.length;
      downAt = Math.max(downAt, world.now + delay());
      onTheWay.push({ at: downAt, frames });
      world.plan(downAt - world.now, arrive);
    },
    sendSoon(frames) {
      held.push(frames);
    },
    flush() {
      const last = held.pop();
      if (last !== undefined) connection.send(last);
    },
    close(code: CloseName) {
      connection.flush();
      if (!serverOpen) return;
      serverOpen = false;
      downAt = Math.max(downAt, world.now + delay());
      if (!frozen) world.plan(downAt - world.now, () => endClient(closeCodes[code]));
    },
    buffered: () => Math.max(0, bufferedBytes - kernelBytes),
  };

  world.plan(delay(), () => {
    if (!serverLives() || gateway === null) return endClient(1006);
    serverOpen = true;
    session = openSession(gateway, connection);
    if (session === null) return;
    world.plan(delay(), () => clientOpen && events.opened());
  });
  return wire;

  /** In order, and not while the client does not read. */
  function arrive(): void {
    if (world.now < stalledUntil) return world.plan(stalledUntil - world.now, arrive);
    for (let next = onTheWay[0]; next !== undefined && next.at <= world.now; next = onTheWay[0]) {
      onTheWay.shift();
      bufferedBytes -= next.frames.length;
      if (!clientOpen || frozen) continue;
      for (const frame of decoded(next.frames)) if (clientOpen) events.received(frame, wire);
    }
  }

  function endClient(code: number): void {
    if (!clientOpen) return;
    clientOpen = false;
    events.closed(code);
  }

  function endServer(): void {
    if (!serverOpen) return;
    serverOpen = false;
    if (serverLives() && session !== null && gateway !== null) closeSession(gateway, session);
  }
}

/** The same buffer goes to many clients; it is read once. */
const known = new WeakMap<Uint8Array, readonly Frame[]>();

function decoded(frames: Uint8Array): readonly Frame[] {
  const before = known.get(frames);
  if (before !== undefined) return before;
  const found: Frame[] = [];
  const view = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength);
  for (let at = 0; at < view.length;) {
    const short = (view[at + 1] ?? 0) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length =
      short < 126 ? short : short === 126 ? view.readUInt16BE(at + 2) : Number(view.readBigUInt64BE(at + 2));
    const opcode = (view[at] ?? 0) & 0x0f;
    const payload = view.subarray(at + header, at + header + length);
    if (opcode === 1) found.push(JSON.parse(payload.toString()) as Frame);
    if (opcode === 2) found.push(JSON.parse(inflateRawSync(payload).toString()) as Frame);
    at += header + length;
  }
  known.set(frames, found);
  return found;
}
