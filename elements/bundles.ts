import { join } from "node:path";
import { rolldown, type RolldownOutput } from "rolldown";
import { shortenTemplates } from "./shorten.ts";

/** What a page loads by one script tag, made of sources that no browser could load one by one in time. */
export type Bundle = { readonly name: string; readonly entry: string };
export type Bundled = RolldownOutput["output"];

export const chatBundle: Bundle = { name: "chorus-chat", entry: "./chat/chorus-chat.ts" };
export const playerBundle: Bundle = { name: "chorus-player", entry: "./player/chorus-player.ts" };
export const roomBundle: Bundle = { name: "chorus-room", entry: "./room/chorus-room.ts" };
export const burstsBundle: Bundle = { name: "chorus-bursts", entry: "./chat/burst-worker.ts" };
/** For pages that have a player of their own beside the chat. */
export const clocksBundle: Bundle = { name: "chorus-clocks", entry: "./player/clocks.ts" };
export const sdkBundle: Bundle = { name: "chorus-sdk", entry: "../sdk/client.ts" };
/** The pages of a room, and of its host: what they load themselves, in one file instead of a dozen. */
export const pageBundles: readonly Bundle[] = [
  { name: "chorus-viewer", entry: "../console/viewer.ts" },
  { name: "chorus-embed", entry: "../console/embed.ts" },
  { name: "chorus-studio", entry: "../console/studio.ts" },
];
export const bundles: readonly Bundle[] = [
  chatBundle,
  playerBundle,
  roomBundle,
  burstsBundle,
  clocksBundle,
  sdkBundle,
  ...pageBundles,
];

/** What every browser has that knows `OffscreenCanvas` and constructable style sheets, from 2023 on. */
const target = "es2022";

/** The smaller build of hls.js: without captions, encryption and renditions, none of which the packager makes. */
const lighter = { "hls.js": "hls.js/light" } as const;

/**
 * Bundles one entry without writing it. What it imports dynamically becomes files of its own, beside it, so that an address
 * relative to `import.meta.url` is the same in all of them; what those share with the entry is in the entry.
 *
 * @throws when a source is missing or wrong; the message says which.
 */
export async function bundle({ name, entry }: Bundle): Promise<Bundled> {
  const build = await rolldown({
    input: { [name]: join(import.meta.dirname, entry) },
    platform: "browser",
    preserveEntrySignatures: "allow-extension",
    transform: { target },
    resolve: { alias: lighter },
    plugins: [shortenTemplates],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  const { output } = await build.generate({
    format: "esm",
    minify: true,
    sourcemap: "hidden",
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: "[name].js",
    chunkFileNames: `${name}-[name]-[hash].js`,
  });
  return output;
}
