import { gzipSync } from "node:zlib";
import type { FileReply } from "./file-reply.ts";

export type WrittenPlaylists = {
  /**
   * Of several who ask for the same at the same moment the first has it written.
   *
   * @param version of what it is written from: what was written of another one is forgotten.
   */
  once(key: string, version: number, write: () => string, ageSeconds: number): FileReply;
};

const gzipFromBytes = 1_024;

/** As many as there are keys. */
export function createWrittenPlaylists(): WrittenPlaylists {
  const written = new Map<string, { version: number; bytes: Uint8Array; gzip: Uint8Array | null }>();

  function once(key: string, version: number, write: () => string, ageSeconds: number): FileReply {
    let found = written.get(key);
    if (found?.version !== version) {
      const bytes = Buffer.from(write());
      const gzip = bytes.length < gzipFromBytes ? null : gzipSync(bytes, { level: 1 });
      found = { version, bytes, gzip };
      written.set(key, found);
    }
    return { status: 200, kind: "playlist", bytes: [found.bytes], gzip: found.gzip, ageSeconds };
  }
  return { once };
}
