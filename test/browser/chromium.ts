import { type Browser, chromium } from "playwright-core";

const quiet = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** In a container Chromium's sandbox has nothing to stand on; the pages here are all our own. */
const unboxed = "--no-sandbox";

/**
 * The system's Chromium: nothing is downloaded. CHROMIUM names another one.
 *
 * @param more flags beside those that every test has.
 */
export function openChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [...quiet, unboxed, ...more],
  });
}
