import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  read,
  readFileSync,
  truncateSync,
  write,
} from "node:fs";
import { join } from "node:path";
import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { PastSegment } from "./playlist.ts";
import { type Init, roundedSeconds, type Segment } from "./timeline.ts";

/**
 * What a broadcast has shown, on disk: `N.mp4` for each of its init segments, which is a whole file that players read by
 * themselves, and `index.jsonl`, a line for each segment that is in one of them for good. A kill loses the open segment
 * alone: what stands behind the last line is cut off when the recording is opened again.
 */
export type Recording = {
  /** Those that are safe. */
  readonly segments: readonly PastSegment[];
  /** Where a broadcast goes on that was interrupted by a restart; null: it begins. */
  readonly resumesAt: Resumption | null;
  /** Without waiting. What the disk cannot take is left out, told, and live goes on. */
  add(segment: Segment): void;
  read(run: string, msn: number): Promise<Uint8Array | null>;
  init(run: string, name: string): Uint8Array | null;
  /** Settles when all that was added is safe. */
  finish(): Promise<void>;
};

export type Resumption = {
  readonly msn: number;
  readonly discontinuities: number;
  readonly targetSeconds: number;
};

type Line = {
  msn: number;
  run: string;
  at: number;
  ms: number;
  discontinuity: boolean;
  init: string;
  file: number;
  offset: number;
  bytes: number;
  /** RFC 6381. */
  codecs: string;
  /** Of the picture, where there is one. */
  width?: number;
  height?: number;
  /** Of the init segment, where this one is the first of its file. */
  initBytes?: number;
};
type Kept = PastSegment & { readonly file: number; readonly offset: number; readonly initBytes: number };

/** @param failed a sentence, when something could not be written: from then on nothing is. */
export function openRecording(folder: string, failed: (sentence: string) => void): Recording {
  const kept = readIndex(folder);
  const last = kept.at(-1);
  const resumesAt = resumptionOf(kept);
  const waiting: Segment[] = [];
  let writing: Promise<void> = Promise.resolve();
  let busy = false;
  let broken = false;
  let file: { number: number; fd: number; init: Init; bytes: number } | null = null;
  let files = last?.file ?? 0;
  let index: number | null = null;

  function add(segment: Segment): void {
    if (broken) return;
    if (waiting.length >= limits.mediaRecordingWaitingMax)
      return fail("The disk is too slow for the recording");
    waiting.push(segment);
    if (!busy) writing = drain();
  }

  async function drain(): Promise<void> {
    busy = true;
    for (let next = waiting.shift(); next !== undefined && !broken; next = waiting.shift()) {
      try {
        await store(next);
      } catch (error) {
        fail(`The recording cannot be written (${error instanceof Error ? error.message : "unknown"})`);
      }
    }
    busy = false;
  }

  /** First what is played, then the line that says it is there. */
  async function store(segment: Segment): Promise<void> {
    const first = file === null || file.init !== segment.init;
    if (first) await nextFile(segment.init);
    if (file === null) return;
    const bytes = Buffer.concat((segment.parts ?? []).map((part) => part.bytes));
    const offset = file.bytes;
    await writeAll(file.fd, bytes);
    await synced(file.fd);
    file.bytes += bytes.length;
    const { msn, run, at, ms, discontinuity, init } = segment;
    const { codecs, tracks } = init;
    const size = tracks.video === null ? {} : { width: tracks.video.width, height: tracks.video.height };
    const line: Line = {
      codecs,
      ...size,
      msn,
      run,
      at,
      ms,
      discontinuity,
      init: init.name,
      file: file.number,
      offset,
      bytes: bytes.length,
    };
    if (first) line.initBytes = init.bytes.length;
    index ??= openSync(join(folder, "index.jsonl"), "a", 0o600);
    await writeAll(index, Buffer.from(`${JSON.stringify(line)}\n`));
    await synced(index);
    kept.push(keptOf(line, init.bytes.length));
  }

  async function nextFile(init: Init): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (file !== null) closeSync(file.fd);
    files += 1;
    const fd = openSync(pathOf(folder, files), "w", 0o600);
    await writeAll(fd, init.bytes);
    file = { number: files, fd, init, bytes: init.bytes.length };
  }

  function fail(sentence: string): void {
    broken = true;
    waiting.length = 0;
    failed(`${sentence}: make room on the disk. The broadcast goes on, and its recording ends here.`);
  }

  async function readSegment(run: string, msn: number): Promise<Uint8Array | null> {
    const found = kept[indexOf(msn)];
    if (found === undefined || found.run !== run || found.msn !== msn) return null;
    return readPiece(pathOf(folder, found.file), found.offset, found.bytes);
  }

  /** Numbers rise, with a gap where a broadcast went on after a restart. */
  function indexOf(msn: number): number {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((kept[middle]?.msn ?? 0) < msn) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function init(run: string, name: string): Uint8Array | null {
    const found = kept.find((one) => one.run === run && one.initName === name);
    if (found === undefined) return null;
    try {
      return readFileSync(pathOf(folder, found.file)).subarray(0, found.initBytes);
    } catch {
      return null;
    }
  }

  return {
    segments: kept,
    resumesAt,
    add,
    read: readSegment,
    init,
    async finish() {
      await writing;
      if (file !== null) closeSync(file.fd);
      if (index !== null) closeSync(index);
      file = null;
      index = null;
    },
  };
}

/**
 * Numbers go on behind all that a playlist can have said: what was not written yet is lost, and its numbers are not used
 * for something else. The target duration stays what it was.
 */
function resumptionOf(kept: readonly Kept[]): Resumption | null {
  const last = kept.at(-1);
  if (last === undefined) return null;
  const longest = kept.reduce((most, { ms }) => Math.max(most, roundedSeconds(ms)), 0);
  return {
    msn: last.msn + limits.mediaRecordingWaitingMax + 3,
    discontinuities: kept.filter(({ discontinuity }) => discontinuity).length,
    targetSeconds: Math.max(limits.mediaTargetSecondsMin, longest),
  };
}

/** What the index says is there; the rest of each file was not whole when the program ended, and is cut off. */
function readIndex(folder: string): Kept[] {
  const path = join(folder, "index.jsonl");
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const kept: Kept[] = [];
  const initBytes = new Map<number, number>();
  for (const row of whole.split("\n")) {
    if (row === "") continue;
    const line = JSON.parse(row) as Line;
    if (line.initBytes !== undefined) initBytes.set(line.file, line.initBytes);
    kept.push(keptOf(line, initBytes.get(line.file) ?? 0));
  }
  const last = kept.at(-1);
  if (last !== undefined) truncateSync(pathOf(folder, last.file), last.offset + last.bytes);
  return kept;
}

function keptOf(line: Line, initBytes: number): Kept {
  const { init: initName, width, height, ...rest } = line;
  const at: Time = time(line.at);
  return {
    ...rest,
    at,
    initName,
    initBytes,
    size: width === undefined ? null : { width, height: height ?? 0 },
  };
}

function pathOf(folder: string, file: number): string {
  return join(folder, `${file}.mp4`);
}

function readPiece(path: string, offset: number, bytes: number): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    let fd: number;
    try {
      fd = openSync(path, "r");
    } catch {
      return resolve(null);
    }
    read(fd, Buffer.alloc(bytes), 0, bytes, offset, (error, length, buffer) => {
      closeSync(fd);
      resolve(error === null && length === bytes ? buffer : null);
    });
  });
}

function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error !== null) return reject(error);
      if (written === bytes.length) return resolve();
      writeAll(fd, bytes.subarray(written)).then(resolve, reject);
    });
  });
}

function synced(fd: number): Promise<void> {
  return new Promise((resolve, reject) =>
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error))),
  );
}
