import { payloadOf } from "./wire.ts";

/** A frame as a server-sent event (WHATWG HTML, section 9.2). */
export type StreamEvent = { readonly kind: string; readonly room: string; readonly bytes: Buffer };

const made = new WeakMap<Uint8Array, StreamEvent>();
const ping = 0x89;
const pingBytes = 2;
const lineEnd = Buffer.from("\n\n");
/** Enough for what stands before the entries of any frame. */
const headBytes = 200;
const head = /^\{"t":"(\w+)"(?:,"room":"([^"]*)")?(?:,"epoch":"([^"]*)","seq":(\d+)|,"from":\d+,"to":(\d+))?/;

/**
 * Made once for all who read the frame so. An event that moves the position has it as its id, `epoch:seq`, for clients that
 * send the last one back by themselves (`Last-Event-ID`).
 *
 * @param frame one of `wire.ts`, of text; a ping before it is left out.
 * @param epochOf the epoch of a room now.
 */
export function eventOf(frame: Uint8Array, epochOf: (room: string) => string | undefined): StreamEvent {
  const known = made.get(frame);
  if (known !== undefined) return known;
  const whole = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const payload = payloadOf(whole[0] === ping ? whole.subarray(pingBytes) : whole);
  const [, kind = "", room = "", epoch, seq, to] =
    head.exec(payload.subarray(0, headBytes).toString("latin1")) ?? [];
  const at = kind === "view" ? `${epoch}:${seq}` : kind === "entries" ? `${epochOf(room)}:${to}` : null;
  const start = Buffer.from(at === null ? "data: " : `id: ${at}\ndata: `);
  const event = { kind, room, bytes: Buffer.concat([start, payload, lineEnd]) };
  made.set(frame, event);
  return event;
}

/** Tells why the stream ends, as the close code of a WebSocket does. An `EventSource` does not take it for a message. */
export function closeEvent(code: number, reason: string): Buffer {
  return Buffer.from(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
}
