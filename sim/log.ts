import type { RoomRecord } from "@chorus/core/record.ts";
import { type AppendOutcome, type Done, type Log, LogFailure } from "@chorus/server/log/log.ts";
import type { Random } from "./random.ts";
import type { Weather } from "./weather.ts";
import type { Process, World } from "./world.ts";

/**
 * The durable log as one process reaches it: slow, failing now and then, sometimes after it has written. A write that is
 * under way when the process dies may still arrive.
 */
export type SimLogOptions = {
  world: World;
  random: Random;
  weather: Weather;
  durable: Log;
  isCalm(): boolean;
  met(fault: string): void;
  appended(records: readonly RoomRecord[], outcomes: readonly AppendOutcome[]): void;
};

export function simLog(options: SimLogOptions, process: Process): Log {
  const { world, random, weather, durable, met } = options;
  const { life } = process;
  const lives = (): boolean => process.alive && process.life === life;
  const delay = (): number => weather.logMs * random.next() * 2;

  function later<T>(call: (done: Done<T>) => void, done: Done<T>): void {
    world.plan(delay(), () => {
      call((outcome) => {
        world.plan(delay(), () => lives() && done(outcome));
      });
    });
  }

  function append(records: readonly RoomRecord[], done: Done<AppendOutcome[]>): void {
    const calm = options.isCalm();
    const failure = { ok: false, failure: new LogFailure("The disk is full.") } as const;
    if (!calm && random.chance(weather.logFails)) {
      met("log append failed");
      return world.plan(delay(), () => lives() && done(failure));
    }
    const lies = !calm && random.chance(weather.logFailsAfterWriting);
    if (lies) met("log append failed after writing");
    world.plan(delay(), () => {
      durable.append(records, (outcome) => {
        if (outcome.ok) options.appended(records, outcome.value);
        world.plan(delay(), () => lives() && done(lies ? failure : outcome));
      });
    });
  }

  /** Gateways read beside the keeper, and a disk that is busy fails them first. */
  function read<T>(call: (done: Done<T>) => void, done: Done<T>): void {
    if (options.isCalm() || !random.chance(weather.readsFail)) return later(call, done);
    met("log read failed");
    world.plan(delay(), () => lives() && done({ ok: false, failure: new LogFailure("The log is locked.") }));
  }

  return {
    create: (room, epoch, done) => later((next) => durable.create(room, epoch, next), done),
    open: (room, done) => later((next) => durable.open(room, next), done),
    load: (room, done) => later((next) => durable.load(room, next), done),
    append,
    saveSnapshot: (at, parts, state, done) =>
      later((next) => durable.saveSnapshot(at, parts, state, next), done),
    saveSnapshotPart: (at, part, state, done) =>
      later((next) => durable.saveSnapshotPart(at, part, state, next), done),
    trim: (room, keep, done) => later((next) => durable.trim(room, keep, next), done),
    revoke: (revoked, done) => later((next) => durable.revoke(revoked, next), done),
    revocations: (done) => read((next) => durable.revocations(next), done),
    rooms: (done) => later((next) => durable.rooms(next), done),
    head: (room, done) => later((next) => durable.head(room, next), done),
    read: (room, query, done) => read((next) => durable.read(room, query, next), done),
    find: (room, at, done) => read((next) => durable.find(room, at, next), done),
    records: (room, from, recordsMax, done) =>
      read((next) => durable.records(room, from, recordsMax, next), done),
    close: () => {},
  };
}
