import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page, Route } from "playwright-core";
import type { ChorusPlayer } from "@chorus/elements/player/chorus-player.ts";
import { isAccessible } from "./axe.ts";
import { openChromium } from "./chromium.ts";
import { openPictureSource, type PictureSource } from "./picture-source.ts";

/** Two ends of WebRTC on one machine find each other by its addresses, not by names that only a network's neighbours answer. */
const plainAddresses = "--disable-features=WebRtcHideLocalIpsWithMdns";
let source: PictureSource;
let browser: Browser;
before(async () => {
  [source, browser] = await Promise.all([openPictureSource(), openChromium([plainAddresses])]);
});
afterEach(async () => {
  source.trouble = null;
  source.prefix = "/a";
  source.broadcast = { state: "live", dvr: true };
  await Promise.all(browser.contexts().map((context) => context.close()));
});
after(async () => {
  await browser.close();
  await source.stop();
});

/** A page with a player, and everything that its console complained about. */
type Viewer = { readonly page: Page; readonly player: Locator; readonly alarms: string[] };

type Forbidden = "nothing" | "sound" | "all";

/** What browsers do before a page was touched; they count what a test does as a touch, and allow it. */
function forbid(what: Forbidden): void {
  let touched = what === "nothing";
  addEventListener("pointerdown", () => (touched = true), { capture: true });
  const { play } = HTMLMediaElement.prototype;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    if (touched || (what === "sound" && this.muted)) return play.call(this);
    return Promise.reject(new DOMException("Not before a touch.", "NotAllowedError"));
  };
}

async function watch(
  attributes: Readonly<Record<string, string>>,
  {
    forbids = "nothing",
    publishes = false,
    ...context
  }: BrowserContextOptions & { forbids?: Forbidden; publishes?: boolean } = {},
): Promise<Viewer> {
  const page = await (
    await browser.newContext({ viewport: { width: 800, height: 450 }, ...context })
  ).newPage();
  page.setDefaultTimeout(12_000);
  const alarms: string[] = [];
  page.on("console", (message) => message.type() === "error" && alarms.push(message.text()));
  page.on("pageerror", (error) => alarms.push(String(error)));
  await page.addInitScript(forbid, forbids);
  if (publishes) await page.route("**/whep", (route) => answerOffer(page, route));
  await page.goto(source.url);
  await page.evaluate((attributes) => {
    const player = document.createElement("chorus-player");
    for (const [name, value] of Object.entries({ room: "demo", controls: "", ...attributes }))
      player.setAttribute(name, value);
    document.querySelector("main")?.append(player);
  }, attributes);
  return { page, player: page.locator("chorus-player"), alarms };
}

async function moves({ page, player }: Viewer): Promise<void> {
  await page.waitForFunction(
    (element) =>
      element instanceof HTMLElement &&
      "view" in element &&
      Reflect.get(element.view ?? {}, "motion") === "moving",
    await player.elementHandle(),
  );
}

function state({
  player,
}: Viewer): Promise<{ paused: boolean; muted: boolean; wall: number | null; behind: number }> {
  return player.evaluate((element) => {
    const its = element as ChorusPlayer;
    const wall = its.clock()?.wall ?? null;
    return { paused: its.video.paused, muted: its.video.muted, wall, behind: Date.now() - (wall ?? 0) };
  });
}

const part = ({ player }: Viewer, name: string): Locator => player.locator(`[part~=${name}]`);

test("V1.40 V1.41 V1.42 V1.66 a broadcast plays by itself under a strict policy, says LIVE, and knows when its picture was made", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  await moves(viewer);
  assert.equal(await part(viewer, "badge").innerText(), "LIVE");
  const { wall, behind } = await state(viewer);
  assert.ok(wall !== null && behind > 0 && behind < 9_000, `${behind} ms behind`);
  await viewer.page.waitForTimeout(1_000);
  const later = await state(viewer);
  assert.ok(Math.abs(later.behind - behind) < 600, `${behind} ms, then ${later.behind} ms behind`);
  assert.deepEqual(viewer.alarms, []);
});

test("V1.43 V1.44 keys pause, go back, to the beginning and to live, and the badge says truly where one is", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  await moves(viewer);
  const { page } = viewer;
  const badge = part(viewer, "badge");
  await part(viewer, "player").focus();
  await page.keyboard.press("k");
  assert.equal((await state(viewer)).paused, true);
  await page.keyboard.press(" ");
  await moves(viewer);
  await page.keyboard.press("Home");
  await badge.filter({ hasText: /−\d\d s/ }).waitFor();
  await moves(viewer);
  const start = await state(viewer);
  assert.ok(start.behind > 35_000, `${start.behind} ms behind at the beginning`);
  await page.keyboard.press("l");
  await moves(viewer);
  const { wall } = await state(viewer);
  assert.ok((wall ?? 0) - (start.wall ?? 0) > 9_000, "ten seconds on");
  await page.keyboard.press("End");
  await badge.filter({ hasText: "LIVE" }).waitFor();
  await moves(viewer);
  await page.keyboard.press("m");
  assert.equal((await state(viewer)).muted, false);
  await page.keyboard.press("f");
  await page.waitForFunction(() => document.fullscreenElement?.localName === "chorus-player");
  assert.deepEqual(viewer.alarms, []);
});

test("V1.45 where a browser allows no sound yet, the picture comes without it and one press brings it", async () => {
  const viewer = await watch({ autoplay: "" }, { forbids: "sound" });
  await moves(viewer);
  assert.equal((await state(viewer)).muted, true);
  await part(viewer, "sound-chip").click();
  await part(viewer, "sound-chip").waitFor({ state: "detached" });
  assert.deepEqual([(await state(viewer)).muted, (await state(viewer)).paused], [false, false]);
});

test("V1.46 where a browser allows nothing, one large button brings picture and sound", async () => {
  const viewer = await watch({ autoplay: "" }, { forbids: "all" });
  await part(viewer, "start").filter({ hasText: "Tap for picture and sound" }).click();
  await moves(viewer);
  assert.deepEqual([(await state(viewer)).muted, (await state(viewer)).paused], [false, false]);
});

test("V1.47 V1.48 a picture that stops is said in words with a time, tried again, and comes back by itself", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  await moves(viewer);
  source.trouble = 503;
  await viewer.player.getByText("The picture has stopped.").waitFor();
  await viewer.player.getByText(/^Trying again in \d+ s\.$/).waitFor();
  source.trouble = null;
  await moves(viewer);
  await viewer.player.getByText("The picture has stopped.").waitFor({ state: "detached" });
});

test("V1.49 before a broadcast and after it there are words, and the recording where there is one", async () => {
  source.broadcast = { state: "off", dvr: true };
  const viewer = await watch({ autoplay: "", muted: "" });
  await viewer.player.getByText("Not live yet").waitFor();
  source.broadcast = { state: "live", dvr: true };
  await moves(viewer);
  source.broadcast = { state: "ended", dvr: true };
  await viewer.player.getByText("The broadcast has ended").waitFor({ timeout: 20_000 });
  await viewer.player.getByRole("button", { name: "Watch from the beginning" }).click();
  await moves(viewer);
  const { behind } = await state(viewer);
  assert.ok(behind > 35_000, `${behind} ms ago`);
  assert.equal(await part(viewer, "badge").count(), 0);
});

test("V1.50 a visit is reported when the page is left", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  await moves(viewer);
  source.reports.length = 0;
  await viewer.page.goto("about:blank");
  for (let left = 100; source.reports.length === 0 && left > 0; left--)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const [report] = source.reports;
  assert.ok(typeof report === "object" && report !== null);
  assert.deepEqual(Object.keys(report).toSorted(), [
    "driftMs",
    "firstFrameMs",
    "freezes",
    "path",
    "rebufferMs",
    "rebuffers",
    "switches",
  ]);
});

test("V1.59 when its addresses change, the picture goes on under the new ones", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  await moves(viewer);
  source.prefix = "/b";
  const states = await viewer.player.evaluate(async (element) => {
    const seen = new Set<unknown>();
    element.addEventListener("chorus-player-state", () => seen.add((element as ChorusPlayer).view?.motion));
    dispatchEvent(new Event("online"));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return [...seen];
  });
  assert.deepEqual(
    states.filter((motion) => motion !== "moving"),
    [],
  );
  assert.ok(source.asked.includes("GET /b/hls/live.m3u8"));
  assert.ok(
    source.asked.slice(-4).every((asked) => !asked.includes("/a/")),
    source.asked.slice(-4).join(),
  );
  assert.deepEqual(viewer.alarms, []);
});

test("V1.51 V1.42 the picture comes by WebRTC where there is that, is given back, and gives way to HLS", async () => {
  source.broadcast = { state: "live", dvr: true, whep: true };
  const viewer = await watch({ autoplay: "", muted: "" }, { publishes: true });
  await moves(viewer);
  assert.equal(await pathOf(viewer), "whep");
  const { behind } = await state(viewer);
  assert.ok(Math.abs(behind) < 1_000, `${behind} ms behind`);
  const before = (await state(viewer)).wall;
  await viewer.page.waitForTimeout(600);
  assert.ok(((await state(viewer)).wall ?? 0) - (before ?? 0) > 200, "its clock goes on");
  await viewer.player.evaluate((element) => (element as ChorusPlayer).prefer("steady"));
  await viewer.page.waitForFunction(
    (element) => Reflect.get(Reflect.get(element ?? {}, "view"), "path") === "hls",
    await viewer.player.elementHandle(),
  );
  await moves(viewer);
  assert.ok(source.asked.includes("DELETE /whep/1"));
  assert.deepEqual(viewer.alarms, []);
});

test("V1.51 V1.55 where WebRTC fails, the picture comes by HLS", async () => {
  source.broadcast = { state: "live", dvr: true, whep: true };
  const viewer = await watch({ autoplay: "", muted: "" });
  await viewer.page.route("**/whep", (route) => route.fulfill({ status: 503 }));
  await moves(viewer);
  assert.equal(await pathOf(viewer), "hls");
});

test("V1.63 V1.60 axe finds nothing while it plays, is behind, waits, failed and offers a choice", async () => {
  const viewer = await watch({ autoplay: "", muted: "" });
  const { page, player } = viewer;
  const accessible = (what: string) => isAccessible({ page, chat: player }, what);
  await moves(viewer);
  await accessible("live");
  await part(viewer, "quality-button").click();
  await player.getByRole("menuitemradio", { name: /^Automatic/ }).waitFor();
  await accessible("a choice of ways");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Home");
  await moves(viewer);
  await accessible("behind");
  await page.keyboard.press("End");
  await moves(viewer);
  source.trouble = 503;
  await player.getByText(/^Trying again in/).waitFor();
  await accessible("stopped");
  source.broadcast = { state: "off", dvr: true };
  const [waiting, arabic] = [await watch({}), await watch({ lang: "ar" })];
  await waiting.player.getByText("Not live yet").waitFor();
  await isAccessible({ page: waiting.page, chat: waiting.player }, "not live yet");
  await arabic.player.getByText("لم يبدأ البث بعد").waitFor();
  await isAccessible({ page: arabic.page, chat: arabic.player }, "not live yet, in Arabic");
});

test("V1.67 a room has the picture and its chat beside each other, or below each other, by one clock", async () => {
  const { page, player } = await watch({ autoplay: "", muted: "" });
  await page.evaluate(() => {
    const room = document.createElement("chorus-room");
    room.setAttribute("room", "demo");
    room.setAttribute("muted", "");
    document.querySelector("main")?.replaceChildren(room);
  });
  const chat = page.locator("chorus-chat");
  for (const [width, beside] of [
    [1280, true],
    [390, false],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    const [left, right] = [await player.boundingBox(), await chat.boundingBox()];
    assert.ok(left !== null && right !== null);
    assert.equal(right.x >= left.x + left.width, beside, `beside each other at ${width}`);
    assert.equal(right.y >= left.y + left.height, !beside, `below each other at ${width}`);
    assert.ok(right.height > 300, `a chat of ${right.height} at ${width}`);
  }
  const same = await chat.evaluate((element) => {
    const root = element.getRootNode();
    const player = root instanceof ShadowRoot ? root.querySelector("chorus-player") : null;
    return Reflect.get(element, "clock") === Reflect.get(player ?? {}, "clock");
  });
  assert.ok(same);
});

async function answerOffer(page: Page, route: Route): Promise<void> {
  const body = await page.evaluate(answerTo, route.request().postData() ?? "");
  const headers = { location: "/whep/1", "content-type": "application/sdp" };
  await route.fulfill({ status: 201, headers, body });
}

function pathOf({ player }: Viewer): Promise<unknown> {
  return player.evaluate((element) => (element as ChorusPlayer).view?.path);
}

/** Answers an offer as a media port would, with a picture painted in the page itself. */
async function answerTo(offer: string): Promise<string> {
  const canvas = document.createElement("canvas");
  const paint = canvas.getContext("2d");
  setInterval(() => {
    if (paint !== null) paint.fillStyle = `hsl(${performance.now() / 10} 100% 50%)`;
    paint?.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  const peer = new RTCPeerConnection();
  await peer.setRemoteDescription({ type: "offer", sdp: offer });
  for (const track of canvas.captureStream(20).getTracks()) peer.addTrack(track);
  await peer.setLocalDescription(await peer.createAnswer());
  for (let left = 50; peer.iceGatheringState !== "complete" && left > 0; left--)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return peer.localDescription?.sdp ?? "";
}
