import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, bundle, bundles } from "./bundles.ts";

/** Written last and dated by the beginning, so that a build which was interrupted, or overtaken by a change, is not current. */
export const stampName = "built";

const distFolder = join(import.meta.dirname, "dist");

/**
 * Writes all that a server gives out under `/elements/`, and removes what an earlier build left there.
 *
 * @param outdir where to; made if it is not there.
 * @returns the names of the files.
 * @throws when a source is missing or wrong; then nothing is written.
 */
export async function buildElements({
  outdir = distFolder,
  of = bundles,
}: { outdir?: string; of?: readonly Bundle[] } = {}): Promise<readonly string[]> {
  const began = new Date();
  const files = (await Promise.all(of.map(bundle))).flat();
  mkdirSync(outdir, { recursive: true });
  const names = files.map(({ fileName }) => fileName);
  rmSync(join(outdir, stampName), { force: true });
  for (const file of files)
    writeFileSync(join(outdir, file.fileName), file.type === "chunk" ? file.code : file.source);
  for (const old of readdirSync(outdir)) if (!names.includes(old)) rmSync(join(outdir, old));
  writeFileSync(join(outdir, stampName), "");
  utimesSync(join(outdir, stampName), began, began);
  return names;
}

if (import.meta.main) {
  try {
    await buildElements();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
