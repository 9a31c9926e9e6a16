import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { limits } from "@chorus/protocol/limits.ts";

/** One finding, in one sentence that says what to do where something is to be done. */
export type Finding = { check: string; state: "ok" | "warn" | "fail"; says: string };

const gibibyte = 1024 ** 3;
const diskWarnBytes = gibibyte;
const diskFailBytes = 64 * 1024 ** 2;
/** What a gateway has open besides its connections: log, bus, libraries. */
const filesBesides = 100;

/** A Node that is too old says so at once; the version that is needed stands in package.json. */
export function checkNode(version: string): Finding {
  const needed = neededNode();
  const major = Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
  const state = major >= needed ? "ok" : "fail";
  const says = `Node ${version}${state === "ok" ? "." : `: Chorus needs ${needed} or newer; bin/chorus brings it.`}`;
  return { check: "node", state, says };
}

export function checkData(dataDir: string): Finding {
  const check = "data";
  const there = existsSync(dataDir);
  const place = there ? dataDir : nearest(dataDir);
  if (!statSync(place).isDirectory()) return { check, state: "fail", says: `${place} is not a directory.` };
  if (!isWritable(place)) {
    return {
      check,
      state: "fail",
      says: `${place} may not be written by this user: change its owner or --data.`,
    };
  }
  return {
    check,
    state: "ok",
    says: there ? `${dataDir} can be written.` : `${dataDir} is not there yet; it will be made.`,
  };
}

export function checkDisk(dataDir: string): Finding {
  const { bavail, bsize } = statfsSync(nearest(dataDir));
  return diskFinding(bavail * bsize);
}

export function diskFinding(freeBytes: number): Finding {
  const free = `${(freeBytes / gibibyte).toFixed(1)} GiB free`;
  if (freeBytes < diskFailBytes)
    return { check: "disk", state: "fail", says: `Only ${free}: the log cannot grow.` };
  if (freeBytes < diskWarnBytes)
    return { check: "disk", state: "warn", says: `Only ${free}: make room for the log soon.` };
  return { check: "disk", state: "ok", says: `${free}.` };
}

/** Node raises its own limit as far as it may, so the hard limit is the one that counts. */
export function checkFiles(limit: number | null): Finding {
  const check = "files";
  if (limit === null || limit >= limits.connectionsMax + filesBesides) {
    return { check, state: "ok", says: `${limit ?? "Any number of"} open files a process.` };
  }
  return {
    check,
    state: "warn",
    says: `${limit} open files a process hold about ${Math.max(0, limit - filesBesides)} connections of ${limits.connectionsMax}: raise it with \`ulimit -Hn\` or LimitNOFILE.`,
  };
}

/** Null when there is none, or the platform does not tell. */
export function openFilesLimit(): number | null {
  const report: unknown = process.report.getReport();
  const hard = fieldOf(fieldOf(fieldOf(report, "userLimits"), "open_files"), "hard");
  return typeof hard === "number" ? hard : null;
}

const clockFrom = Date.UTC(2026, 0, 1);
const clockTo = Date.UTC(2100, 0, 1);
const aheadMs = 5_000;

/** `newest`: the time of the log's last record. A room's time never goes back, so a log from the future stops it. */
export function checkClock(now: number, newest: number | null): Finding {
  const check = "clock";
  if (now < clockFrom || now > clockTo) {
    return { check, state: "fail", says: `The clock says ${shown(now)}: set it, or no token is good.` };
  }
  if (newest !== null && newest > now + aheadMs) {
    return {
      check,
      state: "warn",
      says: `The clock says ${shown(now)}, the log ends at ${shown(newest)}: until then all entries get that time.`,
    };
  }
  return { check, state: "ok", says: `${shown(now)}.` };
}

function shown(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function neededNode(): number {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  const engines = fieldOf(fieldOf(JSON.parse(text), "engines"), "node");
  return Number(/\d+/.exec(String(engines))?.[0] ?? 0);
}

function nearest(path: string): string {
  return existsSync(path) ? path : nearest(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
