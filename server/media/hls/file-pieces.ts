import { closeSync, fdatasync, fsyncSync, openSync, read, readSync, write } from "node:fs";

/** @returns null where there is not all of it. */
export function readPiece(path: string, offset: number, bytes: number): Promise<Uint8Array | null> {
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

export function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, null, (error, written) => {
      if (error !== null) return reject(error);
      if (written === bytes.length) return resolve();
      writeAll(fd, bytes.subarray(written)).then(resolve, reject);
    });
  });
}

export function synced(fd: number): Promise<void> {
  return new Promise((resolve, reject) =>
    fdatasync(fd, (error) => (error === null ? resolve() : reject(error))),
  );
}

/** The names in a folder are safe only when it is. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What is small and at the start of a file; null where there is not all of it. */
export function readStart(path: string, bytes: number): Uint8Array | null {
  try {
    const fd = openSync(path, "r");
    try {
      const start = Buffer.alloc(bytes);
      return readSync(fd, start, 0, bytes, 0) === bytes ? start : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
