import type { LogReader } from "./log.ts";

export const logReadKinds = ["rooms", "head", "read", "find", "records", "revocations"] as const;
export type LogReadKind = (typeof logReadKinds)[number];

/** The same log, of which every reading is counted when it is asked for. */
export function countedReads(log: LogReader, count: (kind: LogReadKind) => void): LogReader {
  return {
    rooms(done) {
      count("rooms");
      log.rooms(done);
    },
    head(room, done) {
      count("head");
      log.head(room, done);
    },
    read(room, query, done) {
      count("read");
      log.read(room, query, done);
    },
    find(room, at, done) {
      count("find");
      log.find(room, at, done);
    },
    records(room, from, recordsMax, done) {
      count("records");
      log.records(room, from, recordsMax, done);
    },
    revocations(done) {
      count("revocations");
      log.revocations(done);
    },
    close: () => log.close(),
  };
}
