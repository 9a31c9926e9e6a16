import { spawn } from "node:child_process";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import type { Ffmpeg } from "./ffmpeg.ts";

/** Pictures of what rooms show, made one at a time behind everything else that the machine does. */
export type Thumbnails = {
  /**
   * Makes a JPEG, 320 pixels wide, of the first picture of a segment. What the room still waits for is not made any more:
   * its `done` hears null, as it does of a segment that shows nothing, is larger than 16 MiB, or came while 64 rooms waited.
   * @param segment its init segment and itself, in pieces that follow one another.
   */
  make(room: RoomId, segment: readonly Uint8Array[], done: (jpeg: Uint8Array | null) => void): void;
  close(): void;
};

type Job = { readonly segment: readonly Uint8Array[]; readonly done: (jpeg: Uint8Array | null) => void };

const input = ["-hide_banner", "-loglevel", "error", "-threads", "1", "-f", "mp4", "-i", "pipe:0"];
const picture = ["-map", "0:v:0", "-frames:v", "1", "-vf", `scale=${limits.mediaThumbnailWidth}:-2`];
const args = [...input, ...picture, "-q:v", "5", "-f", "mjpeg", "pipe:1"];
const niceness = "15";

/** @param reached 64 rooms wait already. */
export function createThumbnails(ffmpeg: Ffmpeg, clock: Clock, reached: () => void): Thumbnails {
  /** In the order in which rooms came; a newer segment takes the place of the one that waits. */
  const waiting = new Map<RoomId, Job>();
  let stop: (() => void) | null = null;
  let closed = false;

  function make(room: RoomId, segment: readonly Uint8Array[], done: Job["done"]): void {
    const bytes = segment.reduce((sum, piece) => sum + piece.byteLength, 0);
    if (closed || bytes > limits.mediaThumbnailSourceBytesMax) return done(null);
    const before = waiting.get(room);
    if (before === undefined && waiting.size >= limits.mediaThumbnailsWaitingMax) {
      reached();
      return done(null);
    }
    waiting.set(room, { segment, done });
    before?.done(null);
    next();
  }

  function next(): void {
    const [first] = waiting;
    if (stop !== null || first === undefined) return;
    const [room, job] = first;
    waiting.delete(room);
    stop = run(ffmpeg, job.segment, clock, (jpeg) => {
      stop = null;
      job.done(jpeg);
      next();
    });
  }

  return {
    make,
    close() {
      closed = true;
      const left = [...waiting.values()];
      waiting.clear();
      stop?.();
      for (const { done } of left) done(null);
    },
  };
}

/** It ends with this process: its input does. Returns what ends it before. */
function run(
  ffmpeg: Ffmpeg,
  segment: readonly Uint8Array[],
  clock: Clock,
  done: (jpeg: Uint8Array | null) => void,
): () => void {
  const child = spawn("nice", ["-n", niceness, ffmpeg.path, ...args], { stdio: ["pipe", "pipe", "ignore"] });
  const pieces: Buffer[] = [];
  let bytes = 0;
  let over = false;
  const tooLong = clock.after(limits.mediaThumbnailWithinMs, () => child.kill("SIGKILL"));

  function ended(code: number | null): void {
    if (over) return;
    over = true;
    tooLong();
    done(code === 0 && bytes > 0 ? Buffer.concat(pieces) : null);
  }

  child.stdout.on("data", (piece: Buffer) => {
    bytes += piece.byteLength;
    if (bytes > limits.mediaThumbnailBytesMax) child.kill("SIGKILL");
    else pieces.push(piece);
  });
  /* It has its picture and reads no further. */
  child.stdin.on("error", () => {});
  for (const piece of segment) child.stdin.write(piece);
  child.stdin.end();
  child.once("error", () => ended(null));
  child.once("close", ended);
  return () => void child.kill("SIGKILL");
}
