import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { limits } from "./limits.ts";
import { refusalReasons } from "./refusals.ts";

const root = join(import.meta.dirname, "..");
const programs = ["protocol", "core", "server", "sdk", "console"];
const tables = new Set(["protocol/limits.ts", "protocol/refusals.ts"]);

const sources: ReadonlyMap<string, string> = new Map(
  programs.flatMap(sourcesUnder).map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

test("P3.1 every limit is a positive whole number, and something keeps to it", () => {
  for (const [name, value] of Object.entries(limits))
    assert.ok(Number.isSafeInteger(value) && value > 0, name);
  const unused = Object.keys(limits).filter((name) => !isNamed(new RegExp(`\\blimits\\.${name}\\b`)));
  assert.deepEqual(unused, [], "Nothing keeps to these limits.");
});

test("P3.3 every refusal is given by something", () => {
  const unused = refusalReasons.filter((reason) => !isNamed(new RegExp(`["']${reason}["']`)));
  assert.deepEqual(unused, [], "Nothing refuses for these reasons.");
});

/** Whether anything that runs in production names it; the tables themselves do not count. */
function isNamed(pattern: RegExp): boolean {
  return [...sources.values()].some((text) => pattern.test(text));
}

function sourcesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((item) => {
    const path = `${folder}/${item.name}`;
    if (item.isDirectory()) return item.name === "node_modules" ? [] : sourcesUnder(path);
    const counts = /(?<!\.(test|contract|fixture))\.ts$/.test(item.name) && !tables.has(path);
    return counts ? [path] : [];
  });
}
