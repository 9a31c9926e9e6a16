import { existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Time, time } from "@chorus/protocol/ids.ts";
import type { PastInit, PastSegment } from "./playlist.ts";

/** A segment of a recording as the index has it. */
export type Line = {
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
/** Where it stands in its file. */
export type Kept = PastSegment & { readonly init: KeptFile; readonly offset: number };
/** A file of a recording, which begins with its init segment. */
export type KeptFile = PastInit & { readonly file: number; readonly bytes: number };

export const indexName = "index.jsonl";

/**
 * What the index says is there and is. What stands behind was not whole when the program ended, and is cut off.
 *
 * @throws what the file system says.
 */
export function readIndex(folder: string): Kept[] {
  const path = join(folder, indexName);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const kept: Kept[] = [];
  const sizes = new Map<number, number>();
  const files = new Map<number, KeptFile>();
  let whole = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", whole)) {
    const line = lineIn(text.slice(whole, end));
    if (line === null) break;
    const size = sizes.get(line.file) ?? sizeOf(pathOf(folder, line.file));
    sizes.set(line.file, size);
    if (line.offset + line.bytes > size) break;
    const file = files.get(line.file) ?? fileOf(line);
    files.set(line.file, file);
    kept.push(keptOf(line, file));
    whole = end + 1;
  }
  if (whole < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, whole)));
  const last = kept.at(-1);
  if (last !== undefined) truncateSync(pathOf(folder, last.init.file), last.offset + last.bytes);
  return kept;
}

/** Only this program writes lines; of one that a machine's end has broken nothing is believed. */
function lineIn(row: string): Line | null {
  try {
    const line: unknown = JSON.parse(row);
    const isLine = typeof line === "object" && line !== null && "msn" in line && "bytes" in line;
    return isLine ? (line as Line) : null;
  } catch {
    return null;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** @param line the first of its file. */
export function fileOf({ run, init, codecs, width, height, file, initBytes = 0 }: Line): KeptFile {
  const size = width === undefined ? null : { width, height: height ?? 0 };
  return { run, name: init, codecs, size, file, bytes: initBytes };
}

/** Written out: a spread would make an object of several times the size, and there are a hundred thousand. */
export function keptOf({ msn, at, ms, discontinuity, bytes, offset }: Line, init: KeptFile): Kept {
  const when: Time = time(at);
  return { msn, at: when, ms, discontinuity, bytes, init, offset };
}

export function pathOf(folder: string, file: number): string {
  return join(folder, `${file}.mp4`);
}
