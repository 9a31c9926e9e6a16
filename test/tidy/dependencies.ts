import type { Tree } from "../tree.ts";

const reasonsPath = "docs/dependencies.md";
const reasonLine = /^- \*\*(\S+)\*\*: \S/;
const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const groups = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

type Dependency = { readonly path: string; readonly name: string; readonly version: string };
type Manifest = Partial<Readonly<Record<(typeof groups)[number], Readonly<Record<string, string>>>>>;

export function unexplained(tree: Tree): readonly string[] {
  const reasons = reasonsIn(tree);
  return [...foreignIn(tree)]
    .filter((name) => !reasons.includes(name))
    .map((name) => `${reasonsPath} does not explain ${name}`);
}

export function explainedInVain(tree: Tree): readonly string[] {
  const foreign = foreignIn(tree);
  return reasonsIn(tree)
    .filter((name) => !foreign.has(name))
    .map((name) => `${reasonsPath} explains ${name}, which is not used`);
}

export function looseVersions(tree: Tree): readonly string[] {
  return dependenciesIn(tree)
    .filter(({ version }) => !exact.test(version))
    .map(({ path, name, version }) => `${path} asks for ${name} ${version}`);
}

/**
 * Where a registry lacks the builds for other platforms, npm leaves them out of the lock that it writes, and then
 * refuses that lock in `npm ci`.
 */
export function lockGaps(tree: Tree): readonly string[] {
  const lock = JSON.parse(tree.get("package-lock.json") ?? "{}") as {
    packages?: Readonly<Record<string, Manifest>>;
  };
  const packages = Object.entries(lock.packages ?? {});
  const locked = new Set(
    packages.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)),
  );
  const needed = packages.flatMap(([, manifest]) =>
    (["dependencies", "devDependencies", "optionalDependencies"] as const).flatMap((group) =>
      Object.keys(manifest[group] ?? {}),
    ),
  );
  return [...new Set(needed)]
    .filter((name) => !locked.has(name))
    .map((name) => `package-lock.json lacks ${name}`);
}

function reasonsIn(tree: Tree): readonly string[] {
  return (tree.get(reasonsPath) ?? "").split("\n").flatMap((line) => reasonLine.exec(line)?.[1] ?? []);
}

function foreignIn(tree: Tree): ReadonlySet<string> {
  const names = dependenciesIn(tree).map(({ name }) => name);
  return new Set(names.filter((name) => !name.startsWith("@chorus/")));
}

function dependenciesIn(tree: Tree): readonly Dependency[] {
  return [...tree]
    .filter(([path]) => /(^|\/)package\.json$/.test(path))
    .flatMap(([path, text]) => {
      const manifest = JSON.parse(text) as Manifest;
      return groups.flatMap((group) =>
        Object.entries(manifest[group] ?? {}).map(([name, version]) => ({ path, name, version })),
      );
    });
}
