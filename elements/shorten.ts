import { readFile } from "node:fs/promises";
import type { Plugin } from "rolldown";

/**
 * What no minifier of scripts looks into: style sheets and markup inside template literals. Their indentation goes, so no
 * template of an element may depend on it, and of style sheets the comments and the blanks that mean nothing.
 */
export const shortenTemplates: Plugin = {
  name: "shorten-templates",
  load: {
    filter: { id: /[\\/]elements[\\/](?:chat|player|room)[\\/][\w-]+\.ts$/ },
    async handler(id) {
      const source = await readFile(id, "utf8");
      const code = source.replaceAll(sheet, (_, text: string) => `css\`${shortened(text)}\``);
      return { code: code.replaceAll(/\n[ \t]+/g, "\n"), moduleType: "ts" };
    },
  },
};

const sheet = /\bcss`([^`]+)`/g;

function shortened(sheet: string): string {
  return sheet
    .replaceAll(/\/\*.*?\*\//gs, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,]) ?/g, "$1")
    .replaceAll(": ", ":")
    .replaceAll(";}", "}")
    .trim();
}
