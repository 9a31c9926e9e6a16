import { join } from "node:path";
import { build, type BuildResult } from "esbuild";
import { shortenTemplates } from "./shorten.ts";

/** What a page loads by one script tag, made of sources that no browser could load one by one in time. */
export type Bundle = { readonly name: string; readonly entry: string };
export type Bundled = BuildResult<{ write: false; metafile: true }>;

export const chatBundle: Bundle = { name: "chorus-chat", entry: "./chat/chorus-chat.ts" };
export const burstsBundle: Bundle = { name: "chorus-bursts", entry: "./chat/burst-worker.ts" };
export const sdkBundle: Bundle = { name: "chorus-sdk", entry: "../sdk/client.ts" };
export const bundles: readonly Bundle[] = [chatBundle, burstsBundle, sdkBundle];

/** What every browser has that knows `OffscreenCanvas` and constructable style sheets, from 2023 on. */
const target = "es2022";

/**
 * Bundles one entry without writing it. What it imports dynamically becomes files of its own, beside it, so that an address
 * relative to `import.meta.url` is the same in all of them.
 *
 * @throws when a source is missing or wrong; the message says which.
 */
export function bundle({ name, entry }: Bundle, outdir: string): Promise<Bundled> {
  return build({
    entryPoints: [{ in: join(import.meta.dirname, entry), out: name }],
    absWorkingDir: import.meta.dirname,
    outdir,
    bundle: true,
    splitting: true,
    chunkNames: `${name}-[name]-[hash]`,
    format: "esm",
    platform: "browser",
    target,
    minify: true,
    plugins: [shortenTemplates],
    charset: "utf8",
    sourcemap: "external",
    legalComments: "linked",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
}
