import { posix } from "node:path";
import type { Tree } from "../tree.ts";
import { type Token, tokensOf, unquoted } from "./tokens.ts";

/** One import or re-export. `types`: it leaves nothing behind at run time. */
export type Import = { readonly from: string; readonly types: boolean; readonly line: number };
export type Target =
  | { readonly kind: "ours"; readonly path: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "npm"; readonly name: string };

const scope = "@chorus/";

export function importsOf(text: string): readonly Import[] {
  return statementsOf(tokensOf(text)).flatMap((statement) =>
    statement.import === undefined ? [] : [statement.import],
  );
}

/** True when the file only passes on what other files export. */
export function isBarrel(text: string): boolean {
  const tokens = tokensOf(text);
  const statements = statementsOf(tokens);
  const covered = statements.reduce((sum, statement) => sum + statement.length, 0);
  const loose = tokens.filter((token) => token.text === ";").length;
  return statements.some((statement) => statement.passesOn) && covered + loose === tokens.length;
}

export function targetOf(file: string, specifier: string): Target {
  if (specifier.startsWith(".")) return { kind: "ours", path: posix.join(posix.dirname(file), specifier) };
  if (specifier.startsWith(scope)) return { kind: "ours", path: specifier.slice(scope.length) };
  if (specifier.startsWith("node:")) return { kind: "node", name: specifier };
  const parts = specifier.split("/");
  return { kind: "npm", name: parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/") };
}

export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

/** Tests, the suites that adapters share, and fixtures: they may use the test runner and the file system anywhere. */
export function isTest(path: string): boolean {
  return /\.(test|contract|fixture)\.ts$/.test(path);
}

export function sourcesOf(tree: Tree): readonly (readonly [path: string, text: string])[] {
  return [...tree].filter(([path]) => path.endsWith(".ts"));
}

type Statement = { readonly import: Import | undefined; readonly length: number; readonly passesOn: boolean };

function statementsOf(tokens: readonly Token[]): readonly Statement[] {
  return tokens.flatMap((token, index) => {
    const before = tokens[index - 1]?.text;
    if (token.kind !== "word" || before === "." || before === "#") return [];
    if (token.text === "import") return importAt(tokens, index);
    return token.text === "export" ? passingOnAt(tokens, index) : [];
  });
}

function importAt(tokens: readonly Token[], index: number): readonly Statement[] {
  const following = tokens[index + 1];
  if (following === undefined || following.text === ".") return [];
  if (following.text === "(") return statement(tokens, index, index + 2, false);
  return statement(tokens, index, sourceAfter(tokens, index + 1), false);
}

function passingOnAt(tokens: readonly Token[], index: number): readonly Statement[] {
  const first = tokens[index + 1]?.text === "type" ? index + 2 : index + 1;
  if (tokens[first]?.text !== "{" && tokens[first]?.text !== "*") return [];
  return statement(tokens, index, sourceAfter(tokens, first), true);
}

/** Where the module's name stands: right here, or after the `from` behind a clause. -1 where there is none. */
function sourceAfter(tokens: readonly Token[], start: number): number {
  if (tokens[start]?.kind === "string") return start;
  const end = tokens.findIndex(
    (token, index) => index >= start && (token.kind === "string" || !/^([{}*,]|[\w$]+)$/.test(token.text)),
  );
  return tokens[end - 1]?.text === "from" ? end : -1;
}

function statement(
  tokens: readonly Token[],
  start: number,
  end: number,
  passesOn: boolean,
): readonly Statement[] {
  const source = tokens[end];
  if (source?.kind !== "string") return [];
  const types = tokens[start + 1]?.text === "type" && tokens[start + 2]?.text !== "from";
  return [
    { import: { from: unquoted(source), types, line: source.line }, length: end - start + 1, passesOn },
  ];
}
