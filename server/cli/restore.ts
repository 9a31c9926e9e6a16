import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { restoreSqliteLog } from "../log/backup.ts";
import { mintEpoch } from "../roles/mint.ts";
import { lockData } from "../roles/data-lock.ts";
import { keepPrivate, logPath, prepareData } from "../roles/paths.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { dataDirOf, dataFlag } from "./data-dir.ts";
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
  keepPrivate();
  return runCommand(usage, args, read, restoreBackup);
}

function read(given: Arguments<typeof flags>): Options {
  return { file: resolve(given.operand()), dataDir: dataDirOf(given.text("data")) };
}

export function restoreBackup({ file, dataDir }: Options): Outcome {
  if (!existsSync(file)) return { failure: `There is no backup ${file}.` };
  if (!looksLikeBackup(file)) {
    return { failure: `${file} is no backup: give a file that \`chorus backup\` has made.` };
  }
  const unusable = prepareData({ dataDir });
  if (unusable !== null) return { failure: unusable };
  const locked = lockData(dataDir);
  if ("obstacle" in locked) return { failure: locked.obstacle };
  try {
    return fillLog(file, dataDir);
  } finally {
    locked.lock[Symbol.dispose]();
  }
}

function fillLog(file: string, dataDir: string): Outcome {
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

/** The header of a database with a format in it (https://www.sqlite.org/fileformat.html, 1.3). What is damaged behind it is found later. */
function looksLikeBackup(file: string): boolean {
  if (!statSync(file).isFile()) return false;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, "r");
  readSync(descriptor, header);
  closeSync(descriptor);
  return header.toString("latin1", 0, 16) === "SQLite format 3\0" && header.readUInt32BE(60) !== 0;
}
