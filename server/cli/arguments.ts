import { parseArgs } from "node:util";

/** What a command understands. Defaults stand here and nowhere else, so that help and behaviour cannot differ. */
export type Usage<Flags extends FlagTable = FlagTable> = {
  name: string;
  about: readonly string[];
  operand: { name: string; about: string } | null;
  flags: Flags;
  examples: readonly string[];
};
/** A `list` may be given several times. `hint` names the value in the help text. */
export type Flag =
  | { kind: "switch"; about: string }
  | { kind: "value"; hint: string; about: string; otherwise?: string }
  | { kind: "list"; hint: string; about: string };
export type FlagTable = Readonly<Record<string, Flag>>;
type NamesOf<Flags extends FlagTable, Kind extends Flag["kind"]> = {
  [Name in keyof Flags]: Flags[Name]["kind"] extends Kind ? Name : never;
}[keyof Flags] &
  string;

/** What is wrong is noted and answered with something harmless, so that one try tells everything. */
export type Arguments<Flags extends FlagTable = FlagTable> = {
  readonly problems: readonly string[];
  problem(sentence: string): void;
  operand(): string;
  /** The default where the flag is not given; null where it has none. */
  text(flag: NamesOf<Flags, "value">): string | null;
  required(flag: NamesOf<Flags, "value">): string;
  integer(flag: NamesOf<Flags, "value">, min: number, max: number): number;
  /** A number above 0. */
  positive(flag: NamesOf<Flags, "value">, max: number): number;
  oneOf<T extends string>(flag: NamesOf<Flags, "value">, allowed: readonly T[]): T | null;
  switch(flag: NamesOf<Flags, "switch">): boolean;
  list(flag: NamesOf<Flags, "list">): readonly string[];
};

/** Every command has these two. */
export const commonFlags = {
  json: { kind: "switch", about: "Print the result as one JSON object on the last line." },
  help: { kind: "switch", about: "Print this." },
} as const satisfies FlagTable;

export function readArguments<Flags extends FlagTable>(
  usage: Usage<Flags>,
  args: readonly string[],
): Arguments<Flags> {
  const problems: string[] = [];
  const problem = (sentence: string) => {
    if (!problems.includes(sentence)) problems.push(sentence);
  };
  const { values, operands } = tokenise(usage, args, problem);

  function text(flag: NamesOf<Flags, "value">): string | null {
    const declared = usage.flags[flag];
    const otherwise = declared?.kind === "value" ? (declared.otherwise ?? null) : null;
    return values.get(flag)?.[0] ?? otherwise;
  }

  function number(flag: NamesOf<Flags, "value">, shape: RegExp): number {
    const value = text(flag);
    return value !== null && shape.test(value) ? Number(value) : Number.NaN;
  }

  function required(flag: NamesOf<Flags, "value">): string {
    const value = text(flag);
    if (value === null) problem(`--${flag} is missing: ${seeHelp(usage, "shows how it is used")}`);
    return value ?? "";
  }

  return {
    problems,
    problem,
    text,
    required,
    operand() {
      const [first] = operands;
      if (first === undefined) {
        problem(`${usage.operand?.name ?? ""} is missing: ${seeHelp(usage, "shows how it is used")}`);
      }
      return first ?? "";
    },
    integer(flag, min, max) {
      const value = number(flag, /^\d{1,15}$/);
      if (value >= min && value <= max) return value;
      if (required(flag) !== "") {
        problem(`--${flag} must be a whole number from ${min} to ${max}, not ${shown(text(flag))}.`);
      }
      return min;
    },
    positive(flag, max) {
      const value = number(flag, /^\d{1,12}(\.\d{1,6})?$/);
      if (value > 0 && value <= max) return value;
      if (required(flag) !== "") {
        problem(`--${flag} must be a number above 0 and up to ${max}, not ${shown(text(flag))}.`);
      }
      return max;
    },
    oneOf(flag, allowed) {
      const value = text(flag);
      const found = allowed.find((one) => one === value) ?? null;
      if (value !== null && found === null) {
        problem(`--${flag} must be one of ${allowed.join(", ")}, not ${shown(value)}.`);
      }
      return found;
    },
    switch: (flag) => values.has(flag),
    list: (flag) => values.get(flag) ?? [],
  };
}

/** `--help` wins over whatever else stands there, wrong or not. */
export function asksForHelp(args: readonly string[]): boolean {
  return args.includes("--help") || args.includes("-h");
}

export function seeHelp({ name }: Pick<Usage, "name">, does: string): string {
  return `\`chorus ${name} --help\` ${does}.`;
}

function shown(value: string | null): string {
  return JSON.stringify(value ?? "").slice(0, 80);
}

type Tokens = { values: Map<string, string[]>; operands: string[] };

/** Node's own strict mode stops at the first mistake, and explains its library in the same breath. */
function tokenise(usage: Usage, args: readonly string[], problem: (sentence: string) => void): Tokens {
  const options = Object.fromEntries(
    Object.entries(usage.flags).map(([name, { kind }]) => [
      name,
      { type: kind === "switch" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const found: Tokens = { values: new Map(), operands: [] };
  for (const token of tokens) {
    if (token.kind === "positional") found.operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    const flag = Object.hasOwn(usage.flags, name) ? usage.flags[name] : undefined;
    const mistake = mistakeIn(flag, rawName, value, inlineValue ?? false, found.values.has(name));
    if (mistake === null) found.values.set(name, [...(found.values.get(name) ?? []), value ?? ""]);
    else problem(mistake.endsWith(".") ? mistake : `${mistake}: ${seeHelp(usage, "lists the flags")}`);
    // It may have taken the next flag for its value: what follows cannot be told apart any more.
    if (mistake?.endsWith("needs a value")) return { values: found.values, operands: [] };
  }
  const [spare] = found.operands.slice(usage.operand === null ? 0 : 1);
  if (spare !== undefined) {
    problem(`${shown(spare)} is one word too many: ${seeHelp(usage, "shows how it is used")}`);
  }
  return found;
}

function mistakeIn(
  flag: Flag | undefined,
  rawName: string,
  value: string | undefined,
  inline: boolean,
  again: boolean,
): string | null {
  if (flag === undefined) return `There is no flag ${rawName}`;
  if (flag.kind === "switch") return value === undefined ? null : `${rawName} takes no value.`;
  const looksLikeFlag = !inline && /^--?[a-z]/i.test(value ?? "");
  if (value === undefined || value === "" || looksLikeFlag) return `${rawName} needs a value`;
  return again && flag.kind === "value" ? `${rawName} is given twice.` : null;
}
