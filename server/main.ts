import { enableCompileCache } from "node:module";
import { join } from "node:path";

/** `chorus COMMAND [ARGUMENTS]`: one program, every role and tool. */
enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/compiled"));
const { commandNamed } = await import("./cli/commands.ts");

const [name = "help", ...args] = process.argv.slice(2);
const command = commandNamed(name);
if (command === null) {
  console.error(`There is no command ${JSON.stringify(name)}. \`chorus help\` lists them.`);
  process.exit(2);
}
process.exitCode = await command.run(args);
