import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { type ChorusServer, openRoom, startServer } from "./chorus-server.ts";
import { openChromium } from "./chromium.ts";
import { visit } from "./visitor.ts";

let server: ChorusServer;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), openChromium()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
after(async () => {
  await browser.close();
  await server.stop();
});

test("X4.5 X4.6 what is said while the server is dead arrives once when it is back", async () => {
  await openRoom(server, "outage", {});
  const ada = await visit(browser, { url: server.url, room: "outage", name: "Ada" });
  const bob = await visit(browser, { url: server.url, room: "outage", name: "Bob" });
  await Promise.all([ada.status("Live"), bob.status("Live")]);
  await ada.says("Before");
  await bob.sees("Before");
  await server.kill();
  await ada.status("Connection lost. Trying again");
  await ada.says("Meanwhile");
  await ada.rows("Meanwhile").getByText("Sending…").waitFor();
  await server.startAgain();
  // Somebody is impatient, somebody else waits: to press a button that is gone by now does no harm.
  await ada.page.locator("#status-remedy").dispatchEvent("click");
  await Promise.all([ada.status("Live"), bob.status("Live")]);
  await bob.sees("Meanwhile");
  await bob.says("Afterwards");
  await ada.sees("Afterwards");
  for (const { page } of [ada, bob]) {
    assert.deepEqual(await page.locator("#messages .text").allInnerTexts(), [
      "Before",
      "Meanwhile",
      "Afterwards",
    ]);
    assert.equal(await page.locator("#messages .gap").count(), 0);
  }
  assert.equal(await ada.page.locator("[data-status=pending]").count(), 0);
});

test("X4.5 X4.3 what had no answer before a reload is sent once, by the same guest", async () => {
  await openRoom(server, "reload", {});
  const ada = await visit(browser, { url: server.url, room: "reload", name: "Ada" });
  const bob = await visit(browser, { url: server.url, room: "reload", name: "Bob" });
  await Promise.all([ada.status("Live"), bob.status("Live")]);
  server.freeze();
  await ada.says("On its way");
  await ada.rows("On its way").getByText("Sending…").waitFor();
  const reloaded = ada.page.reload();
  server.thaw();
  await reloaded;
  await ada.page.locator("[data-status=confirmed]", { hasText: "On its way" }).waitFor();
  await ada.says("And on");
  await bob.sees("And on");
  for (const who of [ada, bob]) {
    assert.deepEqual(await who.page.locator("#messages .text").allInnerTexts(), ["On its way", "And on"]);
  }
  assert.equal(await ada.page.locator("[data-own]").count(), 2);
});
