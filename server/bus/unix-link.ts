import type { Duplex } from "node:stream";
import type { BusBounds, LostReason } from "./bus-options.ts";
import { createFrameReader, joined } from "./frame-codec.ts";

/** One connection between a hub and a peer: frames in, batches out, nothing beyond its bounds. */
export type Link = {
  /** `messages` says how many messages the frame carries: what is lost is counted in messages. */
  send(frame: Buffer, messages: 0 | 1): void;
  /** Breaks the connection off, with everything that waits. */
  drop(reason: DropReason): void;
  /** What was sent before still goes out; the connection is gone when the other side has read it. */
  close(): void;
};

type DropReason = Extract<LostReason, "malformed" | "too-large" | "too-many">;
export type LinkEvents = { frame(frame: Buffer): void; closed(): void };

/**
 * Everything sent in one turn of the event loop leaves in one write. `setImmediate` comes after all sockets that were
 * readable in this turn, so that what they caused goes together; `process.nextTick` would write once for each of them.
 * The frames are joined rather than corked: the cost is the same (measured from 100 bytes to 20 KB), the code is less.
 */
export function openLink(socket: Duplex, bounds: BusBounds, events: LinkEvents): Link {
  let open = true;
  let batch: Buffer[] = [];
  let batchBytes = 0;
  let batchMessages = 0;
  let writingMessages = 0;

  const read = createFrameReader(bounds.frameBytesMax, (frame) => {
    if (open) events.frame(frame);
  });
  socket.on("data", (chunk: Buffer) => {
    const outcome = open ? read(chunk) : "read";
    if (outcome !== "read") drop(outcome);
  });
  // The close that follows an error is all there is to know: the other process is gone.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    if (open) stop("disconnected", 0);
    events.closed();
  });

  function send(frame: Buffer, messages: 0 | 1): void {
    if (!open) {
      if (messages > 0) bounds.onLost("disconnected", messages);
      return;
    }
    if (socket.writableLength + batchBytes + frame.length > bounds.bufferBytesMax) {
      stop("overflow", messages);
      socket.destroy();
      return;
    }
    if (batch.length === 0) setImmediate(flush);
    batch.push(frame);
    batchBytes += frame.length;
    batchMessages += messages;
  }

  function flush(): void {
    if (batch.length === 0) return;
    const messages = batchMessages;
    const bytes = joined(batch, batchBytes);
    batch = [];
    batchBytes = 0;
    batchMessages = 0;
    writingMessages += messages;
    socket.write(bytes, () => {
      writingMessages -= messages;
    });
  }

  function drop(reason: DropReason): void {
    bounds.onLost(reason, 1);
    stop("disconnected", 0);
    socket.destroy();
  }

  function stop(reason: LostReason, messages: number): void {
    const lost = messages + batchMessages + writingMessages;
    open = false;
    batch = [];
    if (lost > 0) bounds.onLost(reason, lost);
  }

  function close(): void {
    flush();
    open = false;
    socket.end();
  }

  return { send, drop, close };
}
