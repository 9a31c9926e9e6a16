import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Role } from "@chorus/protocol/people.ts";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { fakeDevices, openChromium } from "./chromium.ts";
import { alarmsOf } from "./visitor.ts";

const screenOfItself = [
  "--auto-select-desktop-capture-source=Entire screen",
  "--autoplay-policy=no-user-gesture-required",
];
const waitMs = 10_000;
let server: ChorusServer;
let browser: Browser;

before(async () => {
  const ports = ["--media-port", "0", "--rtmp-port", "19351", "--srt-ports", "19361-19363"];
  [server, browser] = await Promise.all([
    startServer(ports),
    openChromium([...fakeDevices, ...screenOfItself]),
  ]);
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
});
after(async () => {
  await Promise.all([browser.close(), server.stop()]);
});

type Studio = { readonly page: Page; readonly alarms: readonly string[] };

async function openStudio(
  room: string,
  {
    role = "host",
    query = "",
    context = {},
  }: { role?: Role; query?: string; context?: BrowserContextOptions } = {},
): Promise<Studio> {
  const page = await (await browser.newContext(context)).newPage();
  page.setDefaultTimeout(waitMs);
  const alarms = alarmsOf(page);
  const token = await tokenFor({ name: "Hal", role, room });
  await page.goto(`${server.url}/studio/${room}${query}#token=${token}`);
  return { page, alarms };
}

function phase({ page }: Studio, text: string): Promise<void> {
  return page.locator("#phase", { hasText: text }).waitFor();
}

test("V7.10 V7.11 a host goes live from a browser, a viewer sees it, and a stop ends it", async () => {
  await openRoom(server, "show", {});
  const studio = await openStudio("show");
  const { page } = studio;
  await phase(studio, "Off air");
  await page.getByRole("button", { name: "Camera", exact: true }).click();
  await page.getByRole("button", { name: "Go live" }).click();
  await phase(studio, "Live");
  const viewer = await (await browser.newContext()).newPage();
  await viewer.goto(`${server.url}/rooms/show`);
  await viewer.waitForFunction(() => {
    const player = document.querySelector("chorus-player");
    const video = player?.shadowRoot?.querySelector("video") ?? player?.querySelector("video");
    return (video?.videoWidth ?? 0) > 0 && (video?.currentTime ?? 0) > 0;
  });
  await page.locator("#health-lines", { hasText: "Key frame every" }).waitFor();
  if (process.env["SHOTS"] !== undefined) await page.screenshot({ path: `${process.env["SHOTS"]}/live.png` });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("button", { name: "End it" }).click();
  await phase(studio, "Ended");
  await viewer.locator("chorus-player", { hasText: "The broadcast has ended" }).waitFor();
  assert.deepEqual(studio.alarms, []);
});
