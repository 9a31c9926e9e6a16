import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Role } from "@chorus/protocol/people.ts";
import { startTestEncoder, type TestEncoder } from "@chorus/server/cli/test-encoder.ts";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { freePort } from "../../bench/processes.ts";
import { isAccessible } from "./axe.ts";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { enter, everybodyLeaves, say } from "./crowd.ts";
import { fakeDevices, openChromium } from "./chromium.ts";
import { alarmsOf } from "./visitor.ts";

const aScreen = "--auto-select-desktop-capture-source=Entire screen";
const soundAtOnce = "--autoplay-policy=no-user-gesture-required";
const waitMs = 10_000;
let server: ChorusServer;
let browser: Browser;
let encoder: TestEncoder | null = null;

before(async () => {
  const ports = ["--media-port", "0", "--rtmp-port", String(await freePort()), "--srt-ports", "0"];
  [server, browser] = await Promise.all([
    startServer(ports),
    openChromium([...fakeDevices, aScreen, soundAtOnce]),
  ]);
});
afterEach(async () => {
  encoder?.stop();
  encoder = null;
  everybodyLeaves();
  await Promise.all(browser.contexts().map((context) => context.close()));
});
after(async () => {
  await Promise.all([browser.close(), server.stop()]);
});

type Studio = {
  readonly page: Page;
  readonly alarms: readonly string[];
  press(name: string): Promise<void>;
  /** What the badge beside the title says. */
  is(phase: string): Promise<void>;
  /** A sentence about what is in the way. */
  warns(text: string): Promise<void>;
};
type Visit = {
  role?: Role | null;
  query?: string;
  context?: BrowserContextOptions;
  prepare?: (page: Page) => Promise<unknown>;
};

/** The room is made first. `role`: null comes without a token. */
async function openStudio(room: string, visit: Visit = {}): Promise<Studio> {
  const { role = "host", query = "", context = {}, prepare } = visit;
  await openRoom(server, room, {});
  const page = await (await browser.newContext(context)).newPage();
  page.setDefaultTimeout(waitMs);
  const alarms = alarmsOf(page);
  await prepare?.(page);
  const token = role === null ? "" : `#token=${await tokenFor({ name: "Hal", role, room })}`;
  await page.goto(`${server.url}/studio/${room}${query}${token}`);
  return {
    page,
    alarms,
    press: (name) => page.getByRole("button", { name, exact: true }).click(),
    is: (phase) =>
      page
        .locator("#phase")
        .and(page.getByText(phase, { exact: true }))
        .waitFor(),
    warns: (text) => page.locator("#alarm p", { hasText: text }).waitFor(),
  };
}

type Told = {
  state: string;
  since: number;
  publisher: { kind: string } | null;
  health: { width: number } | null;
};

/** On the port of pictures. */
async function asHost(room: string, method: string, path: string): Promise<Response> {
  const { url } = (await (await fetch(`${server.url}/v1/media`)).json()) as { url: string };
  const token = await tokenFor({ name: "Hal", role: "host", room });
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${url}/v1/rooms/${room}/${path}`, { method, headers });
}

async function told(room: string): Promise<Told> {
  return (await (await asHost(room, "GET", "ingest")).json()) as Told;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const began = Date.now(); Date.now() - began < waitMs;) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} within ${waitMs} ms`);
}

/** Somebody before the page of the room, for whom the picture moves. */
async function watch(room: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(waitMs);
  await page.goto(`${server.url}/rooms/${room}`);
  await page.waitForFunction(() => {
    const video = document.querySelector("chorus-player")?.shadowRoot?.querySelector("video");
    return (video?.videoWidth ?? 0) > 0 && (video?.currentTime ?? 0) > 0;
  });
  return page;
}

/** The addresses that were posted to, and the sessions that came of it. */
function sessionsOf({ page }: Studio): string[] {
  const sessions: string[] = [];
  page.on("response", (response) => {
    if (response.request().method() !== "POST" || response.status() !== 201) return;
    const location = response.headers()["location"];
    if (location !== undefined) sessions.push(new URL(location, response.url()).href);
  });
  return sessions;
}

test("V7.10 V7.11 a host goes live from a browser, a viewer sees it, and a stop that is confirmed ends it", async () => {
  const studio = await openStudio("show");
  const { page } = studio;
  await studio.is("Off air");
  await studio.press("Camera");
  await studio.press("Go live");
  await studio.is("Live");
  await watch("show");
  await page.locator("#health-lines", { hasText: "Key frame every" }).waitFor();
  await page.locator("#health-lines", { hasText: "1 by WebRTC" }).waitFor();
  await page.waitForFunction(() => (document.querySelector<HTMLMeterElement>("#level")?.value ?? 0) > 0.1);
  await isAccessible({ page, chat: page.locator("chorus-chat") }, "live");
  await studio.press("Stop");
  await studio.press("Keep going");
  await studio.is("Live");
  await studio.press("Stop");
  await studio.press("End it");
  await studio.is("Ended");
  assert.equal((await told("show")).state, "ended");
  assert.match(await page.locator("#go-live").innerText(), /Go live in \d+ s/);
  assert.deepEqual(studio.alarms, []);
});

test("V7.12 what is sent changes while it is live, in one broadcast and, from picture to picture, on one connection", async () => {
  const studio = await openStudio("switch");
  const sessions = sessionsOf(studio);
  await studio.press("Camera");
  await studio.press("Go live");
  await studio.is("Live");
  const { since } = await told("switch");
  const camera = await studio.page
    .locator("#preview")
    .evaluate((video) => (video as HTMLVideoElement).videoWidth);
  await studio.press("Screen");
  await studio.page.waitForFunction(
    (before) => document.querySelector<HTMLVideoElement>("#preview")?.videoWidth !== before,
    camera,
  );
  assert.equal(sessions.length, 1);
  await studio.press("Microphone only");
  await studio.page.locator("#stage-line", { hasText: "Sound only" }).waitFor();
  await until("the second session", async () => sessions.length === 2);
  await until("sound alone", async () => {
    const { state, health } = await told("switch");
    return state === "live" && health?.width === 0;
  });
  assert.equal((await told("switch")).since, since);
  assert.deepEqual(studio.alarms, []);
});

test("V7.2 V7.13 a connection that is lost comes back into the same broadcast, and who leaves the page ends it at once", async () => {
  const studio = await openStudio("lost");
  const sessions = sessionsOf(studio);
  await studio.press("Camera");
  await studio.press("Go live");
  await studio.is("Live");
  const { since } = await told("lost");
  await fetch(sessions[0] ?? "", { method: "DELETE" });
  await until("another session", async () => sessions.length === 2);
  await until("live again", async () => (await told("lost")).state === "live");
  assert.equal((await told("lost")).since, since);
  const question = studio.page.waitForEvent("dialog");
  const left = studio.page.goto("about:blank");
  const dialog = await question;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.accept();
  await left;
  await until("the interruption", async () => (await told("lost")).state === "interrupted");
});

test("V7.14 V7.15 a new key works with an encoder, whose picture the studio shows, and a second sender is refused in words", async () => {
  const studio = await openStudio("obs");
  const { page } = studio;
  await page.getByText("OBS or another encoder").click();
  await studio.press("Make a stream key");
  const field = page.locator("#encoder-rtmp .field", { hasText: "Stream key" });
  await field.locator("code").getByText("••••").waitFor();
  await field.getByRole("button", { name: "Show Stream key" }).click();
  const key = await field.locator("code").innerText();
  const address = await page.locator("#encoder-rtmp .field code").first().innerText();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await field.getByRole("button", { name: "Copy Stream key" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
  encoder = startTestEncoder({
    ffmpeg: "ffmpeg",
    url: `${address}/${key}`,
    format: "flv",
    keyFrameSeconds: 3,
  });
  await studio.is("Live");
  await page.locator("#on-air chorus-player").waitFor();
  await studio.press("Microphone only");
  await studio.press("Go live");
  await studio.warns("Somebody else is on the air here");
  await page.locator("#health-warnings", { hasText: "Keyframe Interval: 2 s" }).waitFor();
  assert.deepEqual(studio.alarms, []);
});

test("V7.16 who is no host, who has no token, and a server without video are told so", async () => {
  const viewer = await openStudio("guests", { role: "viewer" });
  await viewer.warns("The studio is for hosts of this room");
  await viewer.press("Camera");
  assert.ok(await viewer.page.locator("#go-live").isDisabled());
  const guest = await openStudio("guests", { role: null });
  await guest.warns("open it by a link with a host's token");
  const none = await openStudio("guests", {
    prepare: (page) => page.route("**/v1/media", (route) => route.fulfill({ json: { url: null } })),
  });
  await none.warns("This server runs without video");
  assert.deepEqual([...viewer.alarms, ...guest.alarms, ...none.alarms], []);
});

test("V7.17 a camera that is forbidden, and a page without https, say what to do", async () => {
  const forbidden = await openStudio("devices", {
    prepare: (page) =>
      page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = async () => {
          throw new DOMException("", "NotAllowedError");
        };
      }),
  });
  await forbidden.press("Camera");
  await forbidden.warns("The camera is not allowed: allow it for this page");
  const open = await openStudio("devices", {
    prepare: (page) =>
      page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false })),
  });
  await open.press("Microphone only");
  await open.warns("A microphone needs a page with https");
});

test("V7.18 by the keyboard alone one goes live, is muted and stops; in Arabic, on a phone, nothing sticks out", async () => {
  const studio = await openStudio("keys", {
    query: "?lang=ar",
    context: { viewport: { width: 360, height: 700 } },
  });
  const { page } = studio;
  await studio.is("لا بث");
  assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
  await reach(page, "#sources [value=camera]");
  await page.keyboard.press("Enter");
  await page.locator("#go-live:enabled").waitFor();
  await reach(page, "#go-live");
  await page.keyboard.press("Enter");
  await studio.is("مباشر");
  await reach(page, "#mute");
  await page.keyboard.press("Space");
  await page.locator("#muted", { hasText: "لا أحد يسمعك" }).waitFor();
  const [scroll, width] = await page
    .locator("#studio")
    .evaluate((element) => [element.scrollWidth, element.clientWidth]);
  assert.equal(scroll, width);
  await reach(page, "#stop", "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.locator("#confirm-stop").waitFor();
  await page.keyboard.press("Escape");
  await studio.is("مباشر");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await studio.is("انتهى");
  assert.deepEqual(studio.alarms, []);
});

test("V7.24 V7.25 what the audience says stands beside it, and another host's stop is told and not undone", async () => {
  const studio = await openStudio("others");
  const sessions = sessionsOf(studio);
  await studio.press("Camera");
  await studio.press("Go live");
  await studio.is("Live");
  await say(await enter(server, "others", "Bob", "viewer"), "We hear you");
  await studio.page.locator("chorus-chat").getByText("We hear you").waitFor();
  assert.equal((await asHost("others", "POST", "broadcast/stop")).status, 204);
  await studio.warns("Another host has ended this broadcast");
  await studio.is("Ended");
  assert.equal(sessions.length, 1);
  assert.deepEqual(studio.alarms, []);
});

/** By Tab, as somebody without a pointer gets there. */
async function reach(page: Page, selector: string, key = "Tab"): Promise<void> {
  const stepsMax = 30;
  for (let step = 0; step < stepsMax; step += 1) {
    await page.keyboard.press(key);
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector)) return;
  }
  assert.fail(`${selector} is not reached by ${key}.`);
}
