import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { restoreSqliteLog } from "../log/backup.ts";
import { mintEpoch } from "../roles/mint.ts";
import { logPath, prepareData } from "../roles/paths.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { dataDirOf, dataFlag, isRunningOn } from "./data-dir.ts";
import { type Outcome, runCommand } from "./run-command.ts";

const flags = { ...dataFlag, ...commonFlags } as const;

const usage: Usage<typeof flags> = {
  name: "restore",
  about: [
    "Puts a backup in the place of a log that is gone. Chorus must not run on that data. What was said after the backup is lost, so every room begins a new epoch, and clients load it anew.",
    "A log that is there is never overwritten: move it away first, together with the files beside it whose names begin with its name.",
  ],
  operand: { name: "FILE", about: "What `chorus backup` made." },
  flags,
  examples: ["chorus restore /var/backups/chorus-monday.sqlite --data /var/lib/chorus"],
};

type Options = { file: string; dataDir: string };

export function restore(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, restoreBackup);
}

function read(given: Arguments<typeof flags>): Options {
  return { file: resolve(given.operand()), dataDir: dataDirOf(given.text("data")) };
}

export async function restoreBackup({ file, dataDir }: Options): Promise<Outcome> {
  if (!existsSync(file)) return { failure: `There is no backup ${file}.` };
  if (await isRunningOn(dataDir)) return { failure: `A Chorus is running on ${dataDir}: stop it first.` };
  const unusable = prepareData({ dataDir });
  if (unusable !== null) return { failure: unusable };
  const path = logPath({ dataDir });
  let rooms = 0;
  const outcome = restoreSqliteLog(file, path, () => {
    rooms += 1;
    return mintEpoch();
  });
  if (!outcome.ok) return { failure: outcome.failure.message };
  if (outcome.value === "exists") {
    return {
      failure: `There is a log in ${dataDir} already: move ${path} and the files beside it away first.`,
    };
  }
  return {
    status: 0,
    result: { file, data: dataDir, rooms },
    summary: [`Restored ${rooms} ${rooms === 1 ? "room" : "rooms"} to ${path}.`],
  };
}
