import { parseArgs } from "node:util";

export type Environment = Readonly<Record<string, string | undefined>>;
/** `list`: may be given several times, and holds several values separated by commas. */
export type FlagKinds = Readonly<Record<string, "value" | "switch" | "list">>;
type NamesOf<Flags extends FlagKinds, Kind> = {
  [Name in keyof Flags]: Flags[Name] extends Kind ? Name : never;
}[keyof Flags] &
  string;

/**
 * Flags over environment variables. What is wrong is noted and answered with something harmless, so that one start
 * tells everything that must be put right.
 */
export type ConfigReader<Flags extends FlagKinds> = {
  readonly problems: readonly string[];
  problem(sentence: string): void;
  /** Null when it is not given; what is empty is not given. */
  text(flag: NamesOf<Flags, "value">): string | null;
  integer(flag: NamesOf<Flags, "value">, otherwise: number, min: number, max: number): number;
  oneOf<T extends string>(flag: NamesOf<Flags, "value">, allowed: readonly T[], otherwise: T): T;
  switch(flag: NamesOf<Flags, "switch">): boolean;
  list(flag: NamesOf<Flags, "list">): readonly string[];
};

export function createConfigReader<Flags extends FlagKinds>(
  flags: Flags,
  args: readonly string[],
  env: Environment,
): ConfigReader<Flags> {
  const problems: string[] = [];
  const problem = (sentence: string) => {
    if (!problems.includes(sentence)) problems.push(sentence);
  };
  const given = parse(flags, args, problem);

  function text(flag: NamesOf<Flags, "value">): string | null {
    const value = given[flag] ?? env[variableOf(flag)];
    return typeof value === "string" && value !== "" ? value : null;
  }

  function integer(flag: NamesOf<Flags, "value">, otherwise: number, min: number, max: number): number {
    const value = text(flag);
    if (value === null) return otherwise;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    problem(`--${flag} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}.`);
    return otherwise;
  }

  function oneOf<T extends string>(flag: NamesOf<Flags, "value">, allowed: readonly T[], otherwise: T): T {
    const value = text(flag);
    const found = allowed.find((one) => one === value);
    if (value !== null && found === undefined) {
      problem(`--${flag} must be one of ${allowed.join(", ")}, not ${JSON.stringify(value)}.`);
    }
    return found ?? otherwise;
  }

  function isOn(flag: NamesOf<Flags, "switch">): boolean {
    const value = given[flag];
    if (typeof value === "boolean") return value;
    const inEnv = env[variableOf(flag)]?.toLowerCase() ?? "";
    if (["1", "true", "yes", "on"].includes(inEnv)) return true;
    if (!["", "0", "false", "no", "off"].includes(inEnv)) {
      problem(`${variableOf(flag)} must be 1 or 0, not ${JSON.stringify(inEnv)}.`);
    }
    return false;
  }

  function list(flag: NamesOf<Flags, "list">): readonly string[] {
    const value = given[flag] ?? env[variableOf(flag)] ?? [];
    const parts = Array.isArray(value) ? value : [value];
    return parts
      .flatMap((part) => String(part).split(","))
      .map((part) => part.trim())
      .filter((part) => part !== "");
  }

  return { problems, problem, text, integer, oneOf, switch: isOn, list };
}

function variableOf(flag: string): string {
  return `CHORUS_${flag.toUpperCase().replaceAll("-", "_")}`;
}

type Given = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parse(flags: FlagKinds, args: readonly string[], problem: (sentence: string) => void): Given {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, kind]) => [
      name,
      { type: kind === "switch" ? ("boolean" as const) : ("string" as const), multiple: kind === "list" },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    problem(sentenceOf(error));
    return {};
  }
}

/** Node's own text goes on to explain its library; its first sentence names the flag. */
function sentenceOf(error: unknown): string {
  if (!(error instanceof TypeError)) throw error;
  const [first] = error.message.split(/\.\s|\n/);
  return `${first?.replace(/\.$/, "")}: \`chorus start --help\` lists the flags.`;
}
