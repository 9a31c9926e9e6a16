import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { limits } from "@chorus/protocol/limits.ts";
import { readPiece, readStart, syncFolder, synced, writeAll } from "./file-pieces.ts";
import type { PastSegment } from "./playlist.ts";
import {
  fileOf,
  indexName,
  type Kept,
  type KeptFile,
  keptOf,
  type Line,
  pathOf,
  readIndex,
} from "./recording-index.ts";
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
  /** From the first picture to the last. */
  readonly elapsedMs: number;
};

/** @param failed a sentence, when something could not be written: from then on nothing is. */
export function openRecording(folder: string, failed: (sentence: string) => void): Recording {
  const kept = readIndex(folder);
  const last = kept.at(-1);
  const resumesAt = resumptionOf(kept);
  const waiting: Segment[] = [];
  let writing: Promise<void> = Promise.resolve();
  let busy = false;
  let broken = false;
  let file: { number: number; fd: number; init: Init; bytes: number; kept: KeptFile | null } | null = null;
  let files = last?.init.file ?? 0;
  let index: number | null = null;

  function add(segment: Segment): void {
    if (broken) return;
    if (waiting.length >= limits.mediaRecordingWaitingMax)
      return fail("The disk is too slow for the recording");
    if (kept.length >= limits.mediaRecordingSegmentsMax) return fail("The recording is as long as it can be");
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
    index ??= openSync(join(folder, indexName), "a", 0o600);
    await writeAll(index, Buffer.from(`${JSON.stringify(line)}\n`));
    await synced(index);
    file.kept ??= fileOf(line);
    kept.push(keptOf(line, file.kept));
  }

  async function nextFile(init: Init): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (file !== null) closeSync(file.fd);
    file = null;
    files += 1;
    const fd = openSync(pathOf(folder, files), "w", 0o600);
    syncFolder(folder);
    await writeAll(fd, init.bytes);
    file = { number: files, fd, init, bytes: init.bytes.length, kept: null };
  }

  function fail(sentence: string): void {
    broken = true;
    waiting.length = 0;
    failed(
      `${sentence}. The broadcast goes on, and its recording ends here: make room on the disk for the next one.`,
    );
  }

  async function readSegment(run: string, msn: number): Promise<Uint8Array | null> {
    const found = kept[indexOf(msn)];
    if (found === undefined || found.init.run !== run || found.msn !== msn) return null;
    return readPiece(pathOf(folder, found.init.file), found.offset, found.bytes);
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
    const found = kept.find(({ init }) => init.run === run && init.name === name)?.init;
    return found === undefined ? null : readStart(pathOf(folder, found.file), found.bytes);
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
    elapsedMs: last.at + last.ms - (kept[0]?.at ?? last.at),
  };
}
