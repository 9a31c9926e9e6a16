import type { Tree } from "../tree.ts";
import { importsOf, isTest, sourcesOf, targetOf } from "./imports.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** Where nothing may wait, look at a clock, throw dice or touch the world: here, and in all that the machine loads. */
const pureFolders = /^(core|protocol)\//;
const machine = "sdk/machine.ts";

const worldly = new Set([
  ..."async await Promise".split(" "),
  ..."Date Temporal performance".split(" "),
  ..."setTimeout setInterval setImmediate queueMicrotask".split(" "),
  ..."process crypto globalThis console fetch".split(" "),
]);

export function impure(tree: Tree): readonly string[] {
  const loaded = loadedBy(tree, machine);
  return sourcesOf(tree)
    .filter(([path]) => (pureFolders.test(path) && !isTest(path)) || loaded.has(path))
    .flatMap(([path, text]) =>
      tokensOf(text).flatMap((token, index, tokens) =>
        isWorldly(token, tokens[index - 1], tokens[index + 2])
          ? [`${path}:${token.line} names ${token.text}`]
          : [],
      ),
    );
}

/** A field may be called what it likes; `Math.random` is the one field that counts. */
function isWorldly(token: Token, before: Token | undefined, second: Token | undefined): boolean {
  if (token.kind !== "word" || before?.text === ".") return false;
  return worldly.has(token.text) || (token.text === "Math" && second?.text === "random");
}

function loadedBy(tree: Tree, start: string): ReadonlySet<string> {
  const seen = new Set([start]);
  for (const path of seen) {
    for (const { from, types } of importsOf(tree.get(path) ?? "")) {
      const target = targetOf(path, from);
      if (target.kind === "ours" && !types) seen.add(target.path);
    }
  }
  return seen;
}
