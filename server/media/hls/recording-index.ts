import { existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type Time, time } from "@chorus/protocol/ids.ts";
import type { PastSegment } from "./playlist.ts";

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
export type Kept = PastSegment & {
  readonly file: number;
  readonly offset: number;
  readonly initBytes: number;
};

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
  const initBytes = new Map<number, number>();
  let whole = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", whole)) {
    const line = lineIn(text.slice(whole, end));
    if (line === null) break;
    if (line.initBytes !== undefined) initBytes.set(line.file, line.initBytes);
    const size = sizes.get(line.file) ?? sizeOf(pathOf(folder, line.file));
    sizes.set(line.file, size);
    if (line.offset + line.bytes > size) break;
    kept.push(keptOf(line, initBytes.get(line.file) ?? 0));
    whole = end + 1;
  }
  if (whole < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, whole)));
  const last = kept.at(-1);
  if (last !== undefined) truncateSync(pathOf(folder, last.file), last.offset + last.bytes);
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

export function keptOf(line: Line, initBytes: number): Kept {
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

export function pathOf(folder: string, file: number): string {
  return join(folder, `${file}.mp4`);
}
