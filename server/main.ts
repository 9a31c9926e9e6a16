import { commandNamed } from "./cli/commands.ts";

/** `chorus COMMAND [ARGUMENTS]`: one program, every role and tool. */
const [name = "help", ...args] = process.argv.slice(2);
const command = commandNamed(name);
if (command === null) {
  console.error(`There is no command ${JSON.stringify(name)}. \`chorus help\` lists them.`);
  process.exit(2);
}
process.exitCode = await command.run(args);
