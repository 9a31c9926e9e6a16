import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const programs = ["protocol", "core", "server", "sdk", "console"];
const tables = new Set(["protocol/limits.ts", "protocol/refusals.ts"]);

const sources: ReadonlyMap<string, string> = new Map(
  programs.flatMap(sourcesUnder).map((path) => [path, readFileSync(join(root, path), "utf8")]),
);

/** Whether anything that runs in production names it; the tables themselves do not count. */
export function isNamed(pattern: RegExp): boolean {
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
