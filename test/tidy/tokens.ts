/**
 * TypeScript cut into tokens, without comments: just exact enough that a word inside a text, a comment or a regular
 * expression is never taken for code. The code inside `${}` of a template is code.
 */
export type Token = { readonly kind: Kind; readonly text: string; readonly line: number };
export type Kind = "word" | "string" | "template" | "regex" | "number" | "mark";

const patterns = {
  blank: /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
  string: /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y,
  template: /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y,
  regex: /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y,
  word: /[\p{ID_Start}$_#][\p{ID_Continue}$]*/uy,
  number: /\d(?:[\w.]|(?<=e)[+-])*/y,
} as const;

const wordsBeforeRegex = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "yield",
  "await",
  "void",
]);

export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const depths: number[] = [];
  let at = text.startsWith("#!") ? text.indexOf("\n") : 0;
  let depth = 0;
  let line = 1;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    return found === "" ? undefined : found;
  }
  function keep(kind: Kind, found: string): void {
    tokens.push({ kind, text: found, line });
    skip(found);
  }
  function skip(found: string): void {
    at += found.length;
    line += found.split("\n").length - 1;
  }
  function keepTemplate(): void {
    const found = take(patterns.template) ?? text.slice(at);
    if (found.endsWith("${")) {
      depths.push(depth);
      depth = 0;
    }
    keep("template", found.replace(/(`|\$\{)$/, ""));
    at += found.endsWith("${") ? 2 : 1;
  }

  while (at >= 0 && at < text.length) {
    const blank = take(patterns.blank);
    if (blank !== undefined) {
      skip(blank);
      continue;
    }
    const char = text.charAt(at);
    if (char === "`" || (char === "}" && depth === 0 && depths.length > 0)) {
      if (char === "}") depth = depths.pop() ?? 0;
      at += 1;
      keepTemplate();
      continue;
    }
    if (char === "{") depth += 1;
    if (char === "}") depth -= 1;
    const [kind, found] = next(take, tokens.at(-1)) ?? ["mark", char];
    keep(kind, found);
  }
  return tokens;
}

/** The value of a string token whose content has no escapes, which is all that paths and titles need. */
export function unquoted(token: Token): string {
  return token.kind === "string" ? token.text.slice(1, -1) : token.text;
}

function next(
  take: (pattern: RegExp) => string | undefined,
  before: Token | undefined,
): readonly [Kind, string] | undefined {
  for (const kind of ["string", "word", "number", "regex"] as const) {
    const found = kind === "regex" && !regexMayFollow(before) ? undefined : take(patterns[kind]);
    if (found !== undefined) return [kind, found];
  }
  return undefined;
}

function regexMayFollow(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === "word") return wordsBeforeRegex.has(before.text);
  return before.kind === "mark" && before.text !== ")" && before.text !== "]" && before.text !== "}";
}
