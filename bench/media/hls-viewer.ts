import type { Browser, Page } from "playwright-core";
import { bundle } from "@chorus/elements/bundles.ts";
import type { Asked, Told } from "./hls-errors-page.ts";

/** Somebody who watches one playlist, in a context of their own: with their own connections and their own cache. */
export type HlsViewer = { readonly name: string; told(): Promise<Told>; close(): Promise<void> };

/** The player's code as it is given out, for `openHlsViewer`. */
export async function hlsViewerScript(): Promise<string> {
  const [chunk, ...more] = await bundle({ name: "hls-errors", entry: "../bench/media/hls-errors-page.ts" });
  const code = chunk.code;
  if (more.some(({ type }) => type === "chunk")) throw new Error("The page's script is more than one file.");
  return code;
}

export async function openHlsViewer(
  browser: Browser,
  { name, script, page: address, asked }: { name: string; script: string; page: string; asked: Asked },
): Promise<HlsViewer> {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(address);
  await page.addScriptTag({ type: "module", content: script });
  await page.waitForFunction(isLoaded);
  await page.evaluate(begin, asked);
  return { name, told: () => toldBy(page), close: () => context.close() };
}

function isLoaded(): boolean {
  return "begin" in window;
}

function begin(asked: Asked): Promise<void> {
  return (window as unknown as { begin(those: Asked): Promise<void> }).begin(asked);
}

function toldBy(page: Page): Promise<Told> {
  return page.evaluate(() => (window as unknown as { told(): Told }).told());
}
