import { gzipSync } from "node:zlib";
import {
  type Bundle,
  bundle,
  type Bundled,
  chatBundle,
  playerBundle,
  roomBundle,
  sdkBundle,
} from "./bundles.ts";

/** What a page pays before anything is shown, in bytes of gzip: a promise to everybody who adds the tag. */
export const sizesMax = { chat: 45_000, player: 25_000, room: 60_000, sdk: 12_000 } as const;

export type Size = { readonly bytes: number; readonly files: number };

/** Of a bundle what its entry loads at once: itself and what it imports statically, over any number of files. */
export async function sizeOf(of: Bundle): Promise<Size> {
  const files = loadedAtOnce(await bundle(of));
  const bytes = files.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
  return { bytes, files: files.length };
}

type Chunk = Extract<Bundled[number], { type: "chunk" }>;

function loadedAtOnce(bundled: Bundled): readonly Chunk[] {
  const chunks = new Map(bundled.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file]] : [])));
  const [entry] = bundled;
  const seen = new Set<Chunk>([entry]);
  for (const { imports } of seen) {
    for (const name of imports) {
      const chunk = chunks.get(name);
      if (chunk !== undefined) seen.add(chunk);
    }
  }
  return [...seen];
}

/** @returns whether it is small enough; prints the size either way. */
async function judge(of: Bundle, bytesMax: number): Promise<boolean> {
  const { bytes, files } = await sizeOf(of);
  const verdict = bytes <= bytesMax ? "of" : "and no more than";
  console.log(
    `${of.name}: ${kilobytes(bytes)} in ${files} files, ${verdict} ${kilobytes(bytesMax)} allowed (gzip)`,
  );
  return bytes <= bytesMax;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`;
}

if (import.meta.main) {
  try {
    const chat = await judge(chatBundle, sizesMax.chat);
    const player = await judge(playerBundle, sizesMax.player);
    const room = await judge(roomBundle, sizesMax.room);
    const sdk = await judge(sdkBundle, sizesMax.sdk);
    process.exitCode = chat && player && room && sdk ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
