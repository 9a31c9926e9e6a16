import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { type CoreWait, threadTimes, watchCoreWait } from "./core-wait.ts";
import type { Places, Recording } from "./recording.ts";

/** The viewer page of a room as a phone shows it, in a browser of its own. */
export type Phone = {
  readonly page: Page;
  readonly cdp: CDPSession;
  readonly wait: CoreWait;
  /** The processor as so many times slower than it is. */
  slow(times: number): Promise<void>;
  begin(ticking?: boolean): Promise<void>;
  read(): Promise<Recording>;
  places(): Promise<Places>;
  /** Bytes of JavaScript objects that are in use, after a garbage collection. */
  heapBytes(): Promise<number>;
  close(): Promise<void>;
};

const size = { width: 390, height: 844 };
const liveWithinMs = 30_000;
const busyMs = 200;
/** The sandbox of Chromium has nothing to stand on in a container; the pages here are our own. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * The policy of the page allows no video of another origin: it is set aside in this browser, and nothing else is different.
 *
 * @param url of the page; null for an empty one.
 */
export async function openPhone(url: string | null): Promise<Phone> {
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: flags,
  });
  const context = await browser.newContext({
    viewport: size,
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
    bypassCSP: true,
  });
  await context.addInitScript({ content: recorder() });
  await context.addInitScript(chooseName);
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  if (url !== null) await visit(page, url);
  const wait = watchCoreWait(await rendererOf(browser, page));
  return {
    page,
    cdp,
    wait,
    slow: async (times) => void (await cdp.send("Emulation.setCPUThrottlingRate", { rate: times })),
    begin: (ticking = false) => page.evaluate((on) => globalThis.chorusRecorder?.begin(on), ticking),
    async read() {
      const recording = await page.evaluate(() => globalThis.chorusRecorder?.read());
      if (recording === undefined) throw new Error("The page has no recorder.");
      return recording;
    },
    async places() {
      const none: Places = { writing: null, reactions: [] };
      return (await page.evaluate(() => globalThis.chorusRecorder?.places())) ?? none;
    },
    async heapBytes() {
      await cdp.send("HeapProfiler.collectGarbage");
      await cdp.send("HeapProfiler.collectGarbage");
      return (await cdp.send("Runtime.getHeapUsage")).usedSize;
    },
    async close() {
      wait.stop();
      await browser.close();
    },
  };
}

function recorder(): string {
  const source = readFileSync(new URL("./in-page.ts", import.meta.url), "utf8");
  return `(() => {${stripTypeScriptTypes(source)}})()`;
}

/** Who has a name is not asked for one. */
function chooseName(): void {
  try {
    localStorage.setItem("chorus:name", "Ada");
  } catch {
    // An empty page keeps nothing.
  }
}

async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(
    () => document.querySelector("chorus-chat")?.shadowRoot?.querySelector("li[data-key]") != null,
    null,
    { timeout: liveWithinMs },
  );
}

/** Chromium keeps other renderers in reserve: the page's is the one that works when the page does. */
async function rendererOf(browser: Browser, page: Page): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => ({ id, ranMs: threadTimes(id).ranMs }));
  await page.evaluate((ms) => {
    for (const until = performance.now() + ms; performance.now() < until;);
  }, busyMs);
  const since = renderers.map(({ id, ranMs }) => ({ id, ranMs: threadTimes(id).ranMs - ranMs }));
  return since.toSorted((a, b) => b.ranMs - a.ranMs)[0]?.id ?? 0;
}
