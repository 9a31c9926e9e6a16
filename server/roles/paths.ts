import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../config.ts";

/** What people say is nobody's business but the server's: from here on, what this process makes is for its user alone. */
export function keepPrivate(): void {
  process.umask(0o077);
}

/** Makes the data directory where there is none; otherwise says in a sentence why it cannot be used. */
export function prepareData({ dataDir }: Pick<Config, "dataDir">): string | null {
  const nearest = nearestThere(dataDir);
  if (!statSync(nearest).isDirectory()) {
    return `${nearest} is a file, not a directory: choose another with --data.`;
  }
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `The data directory ${dataDir} cannot be used: ${why}. Name another with --data DIR, or change its owner.`;
  }
}

/** Folder by folder: `recursive` does not come back where the kernel refuses without saying why, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** The path itself, or the folder above it that is there. */
function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}

/** Held by whoever runs on the data directory. */
export function lockPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "lock");
}

export function logPath({ dataDir }: Pick<Config, "dataDir">): string {
  return join(dataDir, "log.sqlite");
}

const unixPathBytesMax = 100;

/** In the data directory, unless its path is longer than the address of a unix socket may be (108 bytes). */
export function busPath({ dataDir }: Pick<Config, "dataDir">): string {
  const inData = join(dataDir, "bus.sock");
  if (Buffer.byteLength(inData) <= unixPathBytesMax) return inData;
  return join(tmpdir(), `chorus-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}.sock`);
}
