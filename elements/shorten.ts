import { readFile } from "node:fs/promises";
import { type Plugin, transform } from "esbuild";

/**
 * What no minifier of scripts looks into: style sheets and markup inside template literals. Style sheets are minified as such;
 * of the rest indentation goes, so no template of the chat may depend on it.
 */
export const shortenTemplates: Plugin = {
  name: "shorten-templates",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]elements[\\/]chat[\\/][\w-]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = (await withShortStyles(source)).replaceAll(/\n[ \t]+/g, "\n");
      return { contents, loader: "ts" };
    });
  },
};

/** A sheet with substitutions is no sheet yet, and is left as it is. */
const sheet = /\bcss`([^`$\\]+)`/g;

async function withShortStyles(source: string): Promise<string> {
  const sheets = [...source.matchAll(sheet)].map(([, text = ""]) => text);
  const short = await Promise.all(sheets.map(minified));
  return source.replaceAll(sheet, () => `css\`${short.shift() ?? ""}\``);
}

async function minified(text: string): Promise<string> {
  const { code } = await transform(text, { loader: "css", minify: true, charset: "utf8" });
  return code.replaceAll("\\", "\\\\").trim();
}
