import type { Tree } from "../tree.ts";
import { isBarrel, sourcesOf } from "./imports.ts";
import { tokensOf } from "./tokens.ts";

const linesMax = 400;
const counted = /\.(ts|css|js|sh)$|^bin\/[^.]+$/;
const fixture = /(^|\/)(fixtures|examples)\//;

const kebab = /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/;
const conventional = /^([A-Z]+\.md|LICENSE|NOTICE)$/;
const vague = new Set(["utils", "util", "common", "helpers", "helper", "manager", "misc"]);

export function longFiles(tree: Tree): readonly string[] {
  return [...tree]
    .filter(([path]) => counted.test(path) && !fixture.test(path))
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

export function strangeNames(tree: Tree): readonly string[] {
  return [...tree.keys()].filter((path) => {
    const parts = path.split("/");
    return parts.some(
      (part, index) => !kebab.test(part) && !(index === parts.length - 1 && conventional.test(part)),
    );
  });
}

export function vagueNames(tree: Tree): readonly string[] {
  return [...tree.keys()].filter((path) => path.split(/[/.-]/).some((word) => vague.has(word)));
}

export function barrels(tree: Tree): readonly string[] {
  return sourcesOf(tree)
    .filter(([path, text]) => /(^|\/)index\.ts$/.test(path) || isBarrel(text))
    .map(([path]) => path);
}

export function defaultExports(tree: Tree): readonly string[] {
  return sourcesOf(tree)
    .filter(([path]) => !path.endsWith(".config.ts"))
    .flatMap(([path, text]) =>
      tokensOf(text).flatMap((token, index, tokens) => {
        const before = tokens[index - 1]?.text;
        const exported =
          token.text === "default" && token.kind === "word" && (before === "export" || before === "as");
        return exported ? [`${path}:${token.line}`] : [];
      }),
    );
}
