import { mkdirSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";

export function logPath(config: Pick<Config, "dataDir">): string {
  mkdirSync(config.dataDir, { recursive: true });
  return join(config.dataDir, "log.sqlite");
}

const unixPathBytesMax = 100;

/** In the data directory, unless its path is longer than the address of a unix socket may be (108 bytes). */
export function busPath(config: Pick<Config, "dataDir">): string {
  const inData = join(config.dataDir, "bus.sock");
  if (Buffer.byteLength(inData) <= unixPathBytesMax) return inData;
  return join(
    tmpdir(),
    `chorus-${createHash("sha256").update(config.dataDir).digest("hex").slice(0, 16)}.sock`,
  );
}
