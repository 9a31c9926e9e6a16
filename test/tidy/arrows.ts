import type { Tree } from "../tree.ts";
import { folderOf, importsOf, isTest, sourcesOf, targetOf } from "./imports.ts";

/** What a folder may import: which folders of ours, which npm packages (`any`: what it declares), Node's own modules. */
type Rule = {
  readonly ours: readonly string[];
  readonly npm: readonly string[] | "any";
  readonly node: boolean;
};

const packages = ["protocol", "core", "server", "sdk", "elements"];
const everything: Rule = {
  ours: [...packages, "console", "docs", "bench", "sim", "test"],
  npm: "any",
  node: true,
};
const rules: Readonly<Record<string, Rule>> = {
  protocol: { ours: [], npm: ["typebox"], node: false },
  core: { ours: ["protocol"], npm: [], node: false },
  sdk: { ours: ["protocol"], npm: [], node: false },
  elements: {
    ours: ["protocol", "core", "sdk"],
    npm: ["lit", "@tanstack/virtual-core", "hls.js"],
    node: false,
  },
  console: { ours: ["protocol", "sdk", "elements"], npm: [], node: false },
  examples: { ours: ["sdk"], npm: [], node: false },
  server: { ours: ["protocol", "core"], npm: "any", node: true },
  docs: { ours: packages, npm: "any", node: true },
  sim: { ...everything, ours: [...packages, "sim"] },
  bench: { ...everything, ours: [...packages, "sim", "bench"] },
  test: everything,
};

/** Programs that make what is beside them; no browser loads them. */
const makes = /^elements\/(build|bundles|shorten|sizes|emoji\/generate)\.ts$/;

/** The commands that speak to a server do so as a client does. */
const speaksAsClient = /^server\/cli\//;

export function wrongArrows(tree: Tree): readonly string[] {
  return sourcesOf(tree).flatMap(([path, text]) =>
    importsOf(text).flatMap(({ from, line }) => {
      const problem = problemOf(path, from);
      return problem === undefined ? [] : [`${path}:${line} ${problem}`];
    }),
  );
}

/** In browsers the SDK is all there is: what it loads at run time may not lead to npm or Node, over any number of files. */
export function heavySdk(tree: Tree): readonly string[] {
  const files = [...tree.keys()].filter(
    (path) => folderOf(path) === "sdk" && path.endsWith(".ts") && !isTest(path),
  );
  return files.flatMap((path) =>
    loadsOutside(tree, path, new Set()).map((chain) => `${path} loads ${chain}`),
  );
}

function problemOf(path: string, from: string): string | undefined {
  const folder = folderOf(path);
  const rule = makes.test(path) ? everything : rules[folder];
  const target = targetOf(path, from);
  if (rule === undefined)
    return folder === "" ? undefined : `imports ${from}, but ${folder}/ has no rule in arrows.ts`;
  if (target.kind === "node") return rule.node || isTest(path) ? undefined : `imports ${from}`;
  if (target.kind === "npm") {
    return rule.npm === "any" || rule.npm.includes(target.name) || isTest(path)
      ? undefined
      : `imports ${from}`;
  }
  const other = folderOf(target.path);
  if (other === folder) return from.startsWith(".") ? undefined : `imports its own folder as ${from}`;
  if (from.startsWith(".") && packages.includes(other))
    return `imports ${from} instead of @chorus/${target.path}`;
  const allowed = rule.ours.includes(other) || (other === "sdk" && speaksAsClient.test(path));
  return allowed ? undefined : `imports ${from}`;
}

function loadsOutside(tree: Tree, path: string, seen: Set<string>): readonly string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  return importsOf(tree.get(path) ?? "")
    .filter((one) => !one.types)
    .flatMap(({ from }) => {
      const target = targetOf(path, from);
      return target.kind === "ours"
        ? loadsOutside(tree, target.path, seen)
        : [`${target.name} through ${path}`];
    });
}
