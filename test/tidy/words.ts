import type { Tree } from "../tree.ts";
import { tokensOf } from "./tokens.ts";

/**
 * What may not be written anywhere, with an example of each that the test plants. This file names what it forbids,
 * so it is the one file that is not searched.
 */
export type Forbidden = { readonly why: string; readonly pattern: RegExp; readonly example: string };

export const forbiddenText: readonly Forbidden[] = [
  {
    why: "an unfinished thing is finished or gone",
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    example: "// TODO later",
  },
  {
    why: "the compiler is not silenced",
    pattern: /@ts-(ignore|expect-error|nocheck)/,
    example: "// @ts-ignore",
  },
  {
    why: "the linter is not silenced",
    pattern: /\b(ox|es)lint-disable/,
    example: "// oxlint-disable-next-line x",
  },
  {
    why: "no path of one machine",
    pattern: /(?<![\w.~}])\/(work|root)\//,
    example: 'const data = "/root/data";',
  },
  { why: "a merge is not over", pattern: /^(<<<<<<<|>>>>>>>) /m, example: "<<<<<<< ours" },
];

/** These are looked for in code only, where comments are gone and texts are empty: "the same as any other" is prose. */
export const forbiddenCode: readonly Forbidden[] = [
  { why: "nothing is of every type", pattern: /\b(as|extends) any\b/, example: "const a = b as any;" },
  { why: "nothing is of every type", pattern: /[:<,|] any\b/, example: "function f(a: any): void {}" },
  { why: "all tests run", pattern: /\. (only|skip|todo) \(/, example: 'test.only("R1.1 x", run);' },
];

const exempt = new Set(["test/tidy/words.ts", "LICENSE", "package-lock.json"]);

export function forbiddenWords(tree: Tree): readonly string[] {
  const searched = [...tree].filter(([path]) => !exempt.has(path));
  return [
    ...searched.flatMap(([path, text]) => search(path, text, forbiddenText)),
    ...searched.flatMap(([path, text]) =>
      path.endsWith(".ts") ? search(path, codeOf(text), forbiddenCode) : [],
    ),
  ];
}

/** The lock names versions and hashes; where they are fetched from is each machine's own business. */
export function registryHosts(tree: Tree): readonly string[] {
  const lock = tree.get("package-lock.json") ?? "";
  return [...lock.matchAll(/"resolved": "(https?:[^"]*)"/g)].map(
    ([, host = ""]) => `package-lock.json names ${host}`,
  );
}

function search(path: string, text: string, forbidden: readonly Forbidden[]): readonly string[] {
  return forbidden.flatMap(({ why, pattern }) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    const line = text.slice(0, found.index).split("\n").length;
    return [`${path}:${line} has "${found[0].trim()}": ${why}`];
  });
}

/** Tokens with one blank between them, each on its own line of the file, so that a place can be named. */
function codeOf(text: string): string {
  let code = "";
  let line = 1;
  for (const token of tokensOf(text)) {
    code += "\n".repeat(token.line - line);
    line = token.line;
    code += token.kind === "word" || token.kind === "mark" ? `${token.text} ` : `"" `;
  }
  return code;
}
