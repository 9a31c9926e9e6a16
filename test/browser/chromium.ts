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

/** A camera and a microphone that show a pattern and beep, and that nobody has to be asked for. */
export const fakeDevices = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"];

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
