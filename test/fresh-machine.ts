import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A machine that has only what is given to it: a copy of bin/, a built chat, and a PATH of stand-ins that write down what
 * they were asked. The pinned Node that they bring prints its arguments instead of serving.
 */
export type Machine = {
  readonly run: (command: string, env?: Readonly<Record<string, string>>) => Ran;
  readonly has: (tool: string, script: string) => void;
  readonly log: () => string;
  readonly write: (path: string, text: string) => void;
  readonly remove: () => void;
};
export type Ran = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

const basics = [
  "sh",
  "env",
  "cat",
  "chmod",
  "cmp",
  "cp",
  "dirname",
  "find",
  "id",
  "mkdir",
  "mktemp",
  "readlink",
  "rm",
];

/** What `npm ci` and the script of the package node leave behind, told by small scripts. */
export const stand = {
  npm: (version: string): string => `
    if [ "$1" = --version ]; then echo ${version}; exit; fi
    echo "npm $1 cache=\${npm_config_cache:-}" >> "$LOG"
    rm -rf node_modules; mkdir -p node_modules/node`,
  node: `
    if [ "$1" = --version ]; then echo v18.0.0; exit; fi
    mkdir -p bin; cp "$TOOLS/pinned" bin/node; chmod +x bin/node`,
  pinned: `if [ "$1" = --version ]; then echo v26.0.0; exit; fi; echo "$@"; exit 7`,
} as const;

export function aFreshMachine(tools: Readonly<Record<string, string>>): Machine {
  const place = mkdtempSync(join(tmpdir(), "fresh-machine-"));
  const [tree, bin, home, log] = ["tree", "tools", "home", "log"].map((name) => join(place, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [tree, bin, home]) mkdirSync(folder);
  cpSync(join(import.meta.dirname, "../bin"), join(tree, "bin"), { recursive: true });
  for (const folder of ["elements/dist", "console", "sdk", "protocol"])
    mkdirSync(join(tree, folder), { recursive: true });
  for (const tool of basics) symlinkSync(pathOf(tool), join(bin, tool));
  writeFileSync(log, "");

  function has(tool: string, script: string): void {
    rmSync(join(bin, tool), { force: true });
    writeFileSync(join(bin, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  function write(path: string, text: string): void {
    writeFileSync(join(tree, path), text);
  }
  write("package-lock.json", "{}");
  write("package.json", "{}");
  write("elements/dist/built", "");
  for (const [tool, script] of Object.entries({ pinned: stand.pinned, ...tools })) has(tool, script);

  return {
    has,
    write,
    run: (command, env = {}) => {
      const [program = "", ...rest] = command.split(" ");
      const { status, stdout, stderr } = spawnSync(join(tree, program), rest, {
        env: { PATH: bin, HOME: home, TMPDIR: place, LOG: log, TOOLS: bin, ...env },
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
      return { status, stdout: stdout.replaceAll(tree, "."), stderr };
    },
    log: () => readFileSync(log, "utf8"),
    remove: () => rmSync(place, { recursive: true }),
  };
}

function pathOf(tool: string): string {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
}
