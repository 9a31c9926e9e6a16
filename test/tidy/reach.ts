import { posix } from "node:path";
import type { Tree } from "../tree.ts";
import { isTest, targetOf } from "./imports.ts";
import { tokensOf, unquoted } from "./tokens.ts";

/** What people and machines start. Everything else is there because one of these needs it. */
const entries = [
  "server/main.ts",
  "sdk/client.ts",
  "elements/build.ts",
  "elements/sizes.ts",
  "elements/emoji/generate.ts",
  "sim/main.ts",
  "bench/main.ts",
  "examples/hello.ts",
  "docs/generate.ts",
  "test/run.ts",
];

/** What only tests need lives in these places, so that nothing else passes for alive because a test imports it. */
const testsOnly = /^(test|sim)\/|\.(contract|fixture)\.ts$/;

export function deadFiles(tree: Tree): readonly string[] {
  const started = reached(tree, [...entries, ...[...tree.keys()].filter((path) => path.endsWith(".html"))]);
  const tested = reached(
    tree,
    [...tree.keys()].filter((path) => path.endsWith(".test.ts")),
  );
  return [...tree.keys()].filter(
    (path) =>
      path.endsWith(".ts") &&
      !path.endsWith(".test.ts") &&
      !started.has(path) &&
      !(testsOnly.test(path) && tested.has(path)),
  );
}

function reached(tree: Tree, starts: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = starts.filter((path) => tree.has(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    waiting.push(
      ...namedBy(tree, path).filter((other) => tree.has(other) && (isTest(path) || !isTest(other))),
    );
  }
  return seen;
}

/** An import names a file, and so does a path given to `new URL`, by which processes and workers are started. */
function namedBy(tree: Tree, path: string): readonly string[] {
  const text = tree.get(path) ?? "";
  if (path.endsWith(".html")) return scriptsOf(path, text);
  return tokensOf(text)
    .filter((token) => token.kind === "string" && /^['"](\.|@chorus\/).*\.[tj]s['"]$/.test(token.text))
    .map((token) => targetOf(path, unquoted(token)))
    .flatMap((target) => (target.kind === "ours" ? [target.path] : []));
}

function scriptsOf(path: string, html: string): readonly string[] {
  return [...html.matchAll(/<script[^>]*\ssrc="([^"]+)"/g)].flatMap(([, source = ""]) => {
    const beside = posix.join(posix.dirname(path), posix.basename(source));
    return [beside, beside.replace(/\.js$/, ".ts")];
  });
}
