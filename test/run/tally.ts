import { readFileSync } from "node:fs";

export type Tally = { readonly passed: number; readonly failed: number };

/**
 * Counts what `node --test` wrote as TAP. A test that was skipped, cancelled or put off proved nothing, so it failed.
 * So did a run without a count, and a file that ended before its first test: Node reports that one as passed, under
 * the file's own name.
 */
export function tallyOf(path: string): Tally {
  const tap = readIfThere(path);
  const count = (what: string): number => {
    const last = tap.match(new RegExp(`^# ${what} \\d+$`, "gm"))?.at(-1);
    return Number(last?.split(" ").at(-1) ?? 0);
  };
  const silent = tap.match(/^ok \d+ - \S+\.test\.ts$/gm)?.length ?? 0;
  const passed = count("pass") - silent;
  const failed = silent + count("fail") + count("cancelled") + count("skipped") + count("todo");
  return passed + failed === 0 ? { passed: 0, failed: 1 } : { passed, failed };
}

export function add(one: Tally, other: Tally): Tally {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
