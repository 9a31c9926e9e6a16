import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** The repository as text: path from its root → content. Files that are not text are left out. */
export type Tree = ReadonlyMap<string, string>;

/** What .gitignore names, as far as it matters where there is no git. */
const ignored = /(^|\/)(node_modules|\.git)$|^(data|elements\/dist)$|\.(log|key|cpuprofile)$/;

export function readTree(root: string): Tree {
  const tree = new Map<string, string>();
  for (const path of listFiles(root)) {
    const bytes = readFileSync(join(root, path));
    if (!bytes.subarray(0, 8_192).includes(0)) tree.set(path, bytes.toString("utf8"));
  }
  return tree;
}

/** What git would commit, sorted. A copy without git, or inside another repository, is walked instead. */
export function listFiles(root: string): readonly string[] {
  const known = askGit(root);
  const paths = known.includes("package.json") ? known : walk(root, root);
  return paths.filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile()).toSorted();
}

function askGit(root: string): readonly string[] {
  try {
    const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return [...new Set(listed.split("\0").filter((path) => path !== ""))];
  } catch {
    return [];
  }
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const full = join(folder, item.name);
    const path = relative(root, full);
    if (ignored.test(path)) return [];
    return item.isDirectory() ? walk(root, full) : [path];
  });
}
