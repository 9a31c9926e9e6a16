import type { Tree } from "../tree.ts";
import { isTest, sourcesOf } from "./imports.ts";
import { type Token, tokensOf, unquoted } from "./tokens.ts";

const specPath = "SPEC.md";
const ruleLine = /^- \*\*([A-Z][0-9]+\.[0-9]+)\*\* \S/;
const boldId = /\*\*([A-Z]+[0-9]+(?:\.[0-9]+)*)\*\*/g;
const citation = /^[A-Z][0-9]+\.[0-9]+(?:,? [A-Z][0-9]+\.[0-9]+)* \S/;

const starters = new Set(["test", "it", "law"]);

type Test = { readonly path: string; readonly line: number; readonly title: string };

/** Every rule has a test and every test cites a rule; both or neither, so that the two cannot drift apart. */
export function unprovenRules(tree: Tree): readonly string[] {
  const cited = new Set(testsIn(tree).flatMap((test) => idsOf(test.title)));
  return rulesIn(tree)
    .filter((id) => !cited.has(id))
    .map((id) => `no test cites ${id}`);
}

export function lawlessTests(tree: Tree): readonly string[] {
  const rules = new Set(rulesIn(tree));
  return testsIn(tree).flatMap(({ path, line, title }) => {
    const ids = idsOf(title);
    if (ids.length === 0) return [`${path}:${line} cites no rule: ${title}`];
    return ids
      .filter((id) => !rules.has(id))
      .map((id) => `${path}:${line} cites ${id}, which is not in SPEC.md`);
  });
}

export function malformedRules(tree: Tree): readonly string[] {
  const spec = tree.get(specPath);
  if (spec === undefined) return ["SPEC.md is missing"];
  const rules = rulesIn(tree);
  const doubles = rules
    .filter((id, index) => rules.indexOf(id) !== index)
    .map((id) => `SPEC.md has ${id} twice`);
  const astray = spec.split("\n").flatMap((text, index) => {
    const bold = [...text.matchAll(boldId)].length;
    return bold === (ruleLine.test(text) ? 1 : 0)
      ? []
      : [`SPEC.md:${index + 1} is not of the form "- **R3.1** text"`];
  });
  return [...doubles, ...astray];
}

/** A file without a test would count as passed. */
export function emptyTests(tree: Tree): readonly string[] {
  const full = new Set(testsIn(tree).map((test) => test.path));
  const suites = new Set([...tree.keys()].filter((path) => path.endsWith(".contract.ts")).map(baseOf));
  return [...tree.keys()].filter(
    (path) => path.endsWith(".test.ts") && !full.has(path) && !runsSuite(tree.get(path) ?? "", suites),
  );
}

function rulesIn(tree: Tree): readonly string[] {
  const lines = (tree.get(specPath) ?? "").split("\n");
  return lines.flatMap((line) => ruleLine.exec(line)?.[1] ?? []);
}

function idsOf(title: string): readonly string[] {
  return citation.exec(title)?.[0].match(/[A-Z][0-9]+\.[0-9]+/g) ?? [];
}

function testsIn(tree: Tree): readonly Test[] {
  return sourcesOf(tree)
    .filter(([path]) => isTest(path))
    .flatMap(([path, text]) =>
      tokensOf(text).flatMap((token, index, tokens) =>
        startsTest(token, tokens[index - 1]) ? titleAfter(path, tokens, index) : [],
      ),
    );
}

/** A contract suite may wrap `test` in a `law` of its own, which adds the adapter's name to the title. */
function startsTest(token: Token, before: Token | undefined): boolean {
  return (
    token.kind === "word" && starters.has(token.text) && before?.text !== "." && before?.text !== "function"
  );
}

function titleAfter(path: string, tokens: readonly Token[], index: number): readonly Test[] {
  const opened = tokens.slice(index + 1, index + 5).findIndex((token) => token.text === "(");
  const chained = tokens
    .slice(index + 1, index + 1 + opened)
    .every((token) => token.kind === "word" || token.text === ".");
  const title = tokens[index + 2 + opened];
  if (opened === -1 || !chained || title === undefined) return [];
  return isPassedOn(title, tokens) ? [] : [{ path, line: title.line, title: shownTitle(title) }];
}

function isPassedOn(title: Token, tokens: readonly Token[]): boolean {
  const wraps = tokens.some((token, index) => token.text === "law" && tokens[index - 1]?.text === "function");
  return wraps && title.kind === "template" && title.text === "";
}

/** What a template fills in comes after its rules, so what stands there does not matter. */
function shownTitle(token: Token): string {
  if (token.kind === "string") return unquoted(token);
  return token.kind === "template" ? `${token.text}…` : `(${token.text} …)`;
}

function runsSuite(text: string, suites: ReadonlySet<string>): boolean {
  return tokensOf(text).some((token) => token.kind === "string" && suites.has(baseOf(unquoted(token))));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
