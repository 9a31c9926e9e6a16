import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { backupSqliteLog } from "../log/backup.ts";
import { keepPrivate, logPath } from "../roles/paths.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { dataDirOf, dataFlag } from "./data-dir.ts";
import { type Outcome, runCommand } from "./run-command.ts";

const flags = { ...dataFlag, ...commonFlags } as const;

const usage: Usage<typeof flags> = {
  name: "backup",
  about: [
    "Copies the log of all rooms to FILE as it is at this moment. Chorus may run meanwhile. FILE appears whole or not at all, and is never overwritten.",
  ],
  operand: { name: "FILE", about: "The file to make." },
  flags,
  examples: ["chorus backup /var/backups/chorus-monday.sqlite --data /var/lib/chorus"],
};

type Options = { file: string; dataDir: string };

export function backup(args: readonly string[]): Promise<number> {
  keepPrivate();
  return runCommand(usage, args, read, saveBackup);
}

function read(given: Arguments<typeof flags>): Options {
  return { file: resolve(given.operand()), dataDir: dataDirOf(given.text("data")) };
}

export function saveBackup({ file, dataDir }: Options): Outcome {
  if (!existsSync(logPath({ dataDir }))) {
    return { failure: `There is no log in ${dataDir}: say with --data where Chorus keeps its data.` };
  }
  if (!existsSync(dirname(file)))
    return { failure: `There is no directory ${dirname(file)} to put the backup in.` };
  const outcome = backupSqliteLog(logPath({ dataDir }), file);
  if (!outcome.ok) return { failure: outcome.failure.message };
  if (outcome.value === "exists")
    return { failure: `${file} is there already; a backup never overwrites anything.` };
  const bytes = statSync(file).size;
  return { status: 0, result: { file, bytes }, summary: [`Saved to ${file} (${bytes} bytes).`] };
}
