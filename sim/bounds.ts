import { limits } from "@chorus/protocol/limits.ts";

/** Small worlds never reach the bounds of large ones: some seeds run with bounds that a minute of chat can reach. */
const small = {
  ringEntriesMax: 30,
  resumeEntriesMax: 20,
  viewEntriesMax: 12,
  viewStaleEntries: 10,
  messagesRemembered: 16,
  retriesPerSession: 8,
  stalledBytesMax: 4_000,
  earlyRecordsMax: 4,
  snapshotEveryRecords: 7,
  snapshotPartBytes: 300,
  sliceWritesMax: 1,
  cappedPerSecond: 2,
  cappedForStaffPerSecond: 3,
  sessionsPerPersonMax: 4,
};

const usual: Readonly<Record<string, number>> = { ...limits, snapshotEveryRecords: 50 };

export function setBounds(size: "small" | "usual"): void {
  Object.assign(limits as Record<string, number>, usual, size === "small" ? small : {});
}
