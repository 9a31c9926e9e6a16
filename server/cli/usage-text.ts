import type { Flag, Usage } from "./arguments.ts";

const width = 96;

/** What `--help` prints: how it is called, what it does, every flag with its default, examples. */
export function usageText({ name, about, operand, flags, examples }: Usage): string {
  const rows = Object.entries(flags).map(([flag, declared]): [string, string] => [
    `--${flag}${declared.kind === "switch" ? "" : ` ${declared.hint}`}`,
    aboutFlag(declared),
  ]);
  if (operand !== null) rows.unshift([operand.name, operand.about]);
  const column = Math.max(...rows.map(([left]) => left.length)) + 4;
  const lines = rows.flatMap(([left, right]) =>
    wrapped(right, width - column).map((line, i) => (i === 0 ? `  ${left}` : "").padEnd(column) + line),
  );
  const call = operand === null ? `chorus ${name} [FLAGS]` : `chorus ${name} ${operand.name} [FLAGS]`;
  return [
    `Usage: ${call}`,
    "",
    ...about.flatMap((paragraph) => [...wrapped(paragraph, width), ""]),
    ...lines,
    "",
    examples.length === 1 ? "Example:" : "Examples:",
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}

function aboutFlag(flag: Flag): string {
  if (flag.kind === "list") return `${flag.about} May be given several times.`;
  if (flag.kind === "value" && flag.otherwise !== undefined)
    return `${flag.about} Default: ${flag.otherwise}.`;
  return flag.about;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
