import { hkdfSync, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";

const secretBytes = 32;

/**
 * Signs what the server gives out for itself: resume tokens and guests. It follows from the newest signing key, so
 * that all processes and machines with that key agree; without one it is drawn once and kept in the data directory.
 * @throws Error when that file cannot be written, or is damaged.
 */
export function internalSecret(config: Pick<Config, "tokens" | "dataDir">): Uint8Array {
  const [newest] = config.tokens.secrets;
  if (newest === undefined) return keptSecret(config.dataDir);
  return new Uint8Array(hkdfSync("sha256", newest, "", "chorus internal secret 1", secretBytes));
}

/** Several processes start at once: a complete file is linked into place, and the first one counts. */
function keptSecret(dataDir: string): Uint8Array {
  const path = join(dataDir, "secret");
  const kept = readSecret(path);
  if (kept !== null) return kept;
  mkdirSync(dataDir, { recursive: true });
  const own = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  writeFileSync(own, `${randomBytes(secretBytes).toString("hex")}\n`, {
    mode: 0o600,
    flag: "wx",
    flush: true,
  });
  try {
    linkSync(own, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(own);
  }
  return readSecret(path) ?? keptSecret(dataDir);
}

function readSecret(path: string): Uint8Array | null {
  const text = readIfThere(path)?.trim();
  if (text === undefined) return null;
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${path} is damaged: delete it; guests and resumes begin anew.`);
  return Buffer.from(text, "hex");
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
