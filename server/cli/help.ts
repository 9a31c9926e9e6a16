import { commandNamed, commands } from "./commands.ts";

/** `chorus help` and `chorus help COMMAND`. */
export async function help(args: readonly string[]): Promise<number> {
  const [name, spare] = args.filter((word) => word !== "--help" && word !== "-h" && word !== "help");
  if (spare !== undefined) {
    console.error(`\`chorus help\` explains one command at a time.`);
    return 2;
  }
  if (name === undefined) {
    console.log(overview());
    return 0;
  }
  const command = commandNamed(name);
  if (command !== null && name !== "role") return command.run(["--help"]);
  console.error(`There is no command ${JSON.stringify(name)}. \`chorus help\` lists them.`);
  return 2;
}

function overview(): string {
  const shown = Object.entries(commands).filter(([name]) => name !== "role");
  return [
    "Chorus: the audience layer of live video.",
    "",
    "Usage: chorus COMMAND [FLAGS]",
    "",
    ...shown.map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`),
    "",
    "`chorus COMMAND --help` explains a command. With --json the tools print one object on their last line.",
    "They exit with 0 when done, 1 when something failed, 2 when the words were wrong, 130 or 143 when interrupted.",
  ].join("\n");
}
