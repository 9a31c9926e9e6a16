import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Clock, every } from "../../clock.ts";

/** A recording as a whole. */
export type Kept = {
  /** Of its folder below that of all recordings: room, then broadcast. */
  readonly name: string;
  /** When it was last written to. */
  readonly at: Time;
  readonly bytes: number;
  /** What goes on, or may still go on, is never deleted. */
  readonly live: boolean;
};
export type Bounds = {
  /** What is older goes; null: nothing is too old. */
  readonly ageMs: number | null;
  /** Of all together: beyond it the oldest go; null: there is room. */
  readonly bytesMax: number | null;
};

/** Which recordings are to be deleted, oldest first. Those that are live count, and stay. */
export function expired(those: readonly Kept[], { ageMs, bytesMax }: Bounds, now: Time): readonly Kept[] {
  let bytes = those.reduce((sum, one) => sum + one.bytes, 0);
  return those
    .filter(({ live }) => !live)
    .toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
    .filter((one) => {
      const isOld = ageMs !== null && now - one.at > ageMs;
      const isTooMuch = bytesMax !== null && bytes > bytesMax;
      if (isOld || isTooMuch) bytes -= one.bytes;
      return isOld || isTooMuch;
    });
}

export type SweepOptions = {
  readonly clock: Clock;
  readonly folder: string;
  readonly bounds: Bounds;
  isLive(room: string, broadcast: string): boolean;
  /** A sentence, when something cannot be deleted. */
  failed(sentence: string): void;
};

/** Deletes what is expired, now and every few minutes. @returns the way to stop it. */
export function sweepRecordings(options: SweepOptions): () => void {
  const { clock, folder, bounds } = options;
  if (bounds.ageMs === null && bounds.bytesMax === null) return () => {};
  sweep();
  return every(clock, limits.mediaSweepEveryMs, sweep);

  function sweep(): void {
    try {
      for (const { name } of expired(recordingsIn(folder, options.isLive), bounds, clock.now()))
        rmSync(join(folder, name), { recursive: true, force: true });
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      options.failed(`Old recordings cannot be deleted (${why}): see to the rights of their folder.`);
    }
  }
}

function recordingsIn(folder: string, isLive: SweepOptions["isLive"]): readonly Kept[] {
  return foldersIn(folder).flatMap((room) =>
    foldersIn(join(folder, room)).map((broadcast) => {
      const path = join(folder, room, broadcast);
      const files = readdirSync(path).flatMap((file) => {
        const found = statSync(join(path, file), { throwIfNoEntry: false });
        return found === undefined ? [] : [found];
      });
      return {
        name: join(room, broadcast),
        at: time(Math.floor(files.reduce((last, { mtimeMs }) => Math.max(last, mtimeMs), 0))),
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        live: isLive(room, broadcast),
      };
    }),
  );
}

function foldersIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
