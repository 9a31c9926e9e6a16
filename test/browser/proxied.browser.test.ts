import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Proxy, startProxy } from "./proxy.ts";
import { openVenue } from "./venue.ts";
import { visit, type Visitor } from "./visitor.ts";

const venue = openVenue();

/** Ada comes through a proxy, Bob does not. */
async function twoPeople(
  t: TestContext,
  room: string,
  how: Partial<Proxy>,
): Promise<[Visitor, Visitor, Proxy]> {
  await venue.room(room);
  const proxy = Object.assign(await startProxy(venue.server.url), how);
  t.after(() => proxy.stop());
  const ada = await visit(venue.browser, { url: proxy.url, room, name: "Ada" });
  const bob = await venue.visit({ room, name: "Bob" });
  await Promise.all([ada.isLive(), bob.isLive()]);
  return [ada, bob, proxy];
}

function times(proxy: Proxy, asked: RegExp): number {
  return proxy.asked.filter((one) => asked.test(one)).length;
}

test("X4.19 K2.30 K2.36 behind a proxy that refuses upgrades one reads and writes, and when it allows them climbs back", async (t) => {
  const [ada, bob, proxy] = await twoPeople(t, "refused", { upgrades: false });
  await ada.says("From behind");
  await bob.sees("From behind");
  await ada.sent("From behind");
  await bob.says("Welcome");
  await ada.sees("Welcome");
  assert.equal(times(proxy, /^UPGRADE/), 2);
  assert.equal(times(proxy, /^POST \/v1\/stream$/), 1);
  proxy.upgrades = true;
  await ada.page.evaluate(() => dispatchEvent(new Event("online")));
  await bob.says("While you climb");
  await ada.sees("While you climb");
  while (times(proxy, /^UPGRADE/) < 4) await ada.page.waitForTimeout(20);
  await ada.isLive();
  const posted = times(proxy, /^POST \/v1\/commands/);
  await ada.says("By WebSocket");
  for (const who of [ada, bob]) await who.sees("By WebSocket");
  assert.equal(times(proxy, /^POST \/v1\/commands/), posted);
  for (const who of [ada, bob])
    assert.deepEqual(await who.texts(), ["From behind", "Welcome", "While you climb", "By WebSocket"]);
  assert.deepEqual(ada.alarms, []);
});

test("X4.19 K2.34 behind a proxy that gathers answers too one reads and writes by polling", async (t) => {
  const [ada, bob, proxy] = await twoPeople(t, "gathered", { upgrades: false, gathers: true });
  await ada.says("Slowly");
  await bob.sees("Slowly");
  await ada.sent("Slowly");
  await bob.says("But surely");
  await ada.sees("But surely");
  assert.ok(times(proxy, /^POST \/v1\/stream\?wait=25$/) > 0);
  for (const who of [ada, bob]) assert.deepEqual(await who.texts(), ["Slowly", "But surely"]);
});

test("X4.19 C8.41 a page's own EventSource shows a room, and comes back by itself where it was", async (t) => {
  await venue.room("source");
  const proxy = Object.assign(await startProxy(venue.server.url), { upgrades: true });
  t.after(() => proxy.stop());
  const bob = await venue.visit({ room: "source", name: "Bob" });
  await bob.isLive();
  const page = await (await venue.browser.newContext()).newPage();
  await page.goto(`${proxy.url}/healthz`);
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    new EventSource("/v1/stream?room=source").addEventListener("message", ({ data }) => {
      const { t, e = [] } = JSON.parse(data as string) as { t: string; e?: { k: string; text?: string }[] };
      told.push(t, ...e.flatMap(({ k, text }) => (k === "message" && text !== undefined ? [text] : [])));
    });
  });
  const told = () => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  while (!(await told()).includes("view")) await page.waitForTimeout(20);
  await bob.says("One");
  while (!(await told()).includes("One")) await page.waitForTimeout(20);
  await venue.server.kill();
  await venue.server.startAgain();
  await bob.comesBack();
  await bob.says("Two");
  while (!(await told()).includes("Two")) await page.waitForTimeout(20);
  const all = await told();
  assert.deepEqual(
    [all.filter((one) => one === "One").length, all.filter((one) => one === "view").length],
    [1, 1],
  );
});
