import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { connect } from "@chorus/sdk/client.ts";
import type { Browser, Page } from "playwright-core";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { openChromium } from "./chromium.ts";
import { faintTexts } from "./contrast.ts";
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

const authors = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana"];

/** A rehearsed crowd: so many messages as fast as the room takes them, in order for each author. */
async function fill(room: string, count: number, textOf: (index: number) => string): Promise<void> {
  const crowd = await Promise.all(
    authors.map(async (name) => {
      const token = await tokenFor({
        name,
        role: "viewer",
        room,
        grants: ["read", "say", "react", "replay"],
      });
      const chorus = connect({ url: server.url, token: () => token });
      return { chorus, room: chorus.join(room) };
    }),
  );
  const sent = Array.from(
    { length: count },
    (_, index) => crowd[index % crowd.length]?.room.say(textOf(index)).done,
  );
  for (const outcome of await Promise.all(sent)) assert.equal(outcome?.status, "confirmed");
  for (const { chorus } of crowd) chorus.close();
}

test("X4.14 however much is said, a page has 200 rows, and who reads back is not moved", async () => {
  await openRoom(server, "crowd", {});
  const ada = await visit(browser, { url: server.url, room: "crowd", name: "Ada" });
  await ada.status("Live");
  await fill("crowd", 240, (index) => `Number ${index}.`);
  await ada.page.locator("#messages .row:nth-child(200)").waitFor();
  assert.equal(await ada.page.locator("#messages > li").count(), 200);
  const log = ada.page.locator("#log");
  const toEnd = () => log.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
  assert.ok((await toEnd()) <= 1);

  await log.hover();
  await ada.page.mouse.wheel(0, -1_500);
  await log.evaluate(atRest);
  const reading = ada.page.locator("#messages .row:nth-child(150)");
  const place = await reading.evaluate((row) => row.getBoundingClientRect().top);
  const text = await reading.locator(".text").innerText();
  await fill("crowd", 3, (index) => `Late ${index}.`);
  await ada.page.locator("#newer", { hasText: "3 new" }).waitFor();
  assert.equal(await ada.rows(text).evaluate((row) => row.getBoundingClientRect().top), place);
  await ada.page.locator("#newer").click();
  await ada.rows("Late 2.").waitFor();
  await ada.page.locator("#newer").waitFor({ state: "hidden" });
  assert.ok((await toEnd()) <= 1);
  assert.equal(await ada.page.locator("#messages > li").count(), 200);
});

/** Settles when the log stands still somewhere above its end; in the page, so that no event can come before somebody listens. */
function atRest(log: Element): Promise<void> {
  return new Promise((resolve) => {
    let before = -1;
    function look(): void {
      const { scrollTop } = log;
      if (scrollTop === before && log.scrollHeight - scrollTop - log.clientHeight > 1) return resolve();
      before = scrollTop;
      setTimeout(look, 100);
    }
    look();
  });
}

test("X4.15 X4.16 X4.17 nothing is wider than the screen, too small to hit or too faint to read", async () => {
  const room = "looks";
  await openRoom(server, room, { title: `A title ${"without end ".repeat(8)}`.trim() });
  await fill(room, 16, (index) => (index % 2 === 0 ? "W".repeat(500) : "An ordinary remark."));
  const token = await tokenFor({ name: "M".repeat(40), role: "moderator", room });
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"] as const) {
      const context = { viewport: { width, height: 640 }, colorScheme };
      const mira = await visit(browser, { url: server.url, room, token, context });
      await mira.status("Live");
      await mira.says(`At ${width} in ${colorScheme}`);
      const row = mira.page.locator("[data-status=confirmed]", { hasText: `At ${width} in ${colorScheme}` });
      await row.waitFor();
      await mira.page.locator(".row [data-act=delete]").nth(-2).dispatchEvent("click");
      await mira.page.locator("#notice", { hasText: "Message deleted." }).waitFor();
      await row.hover();
      await row.locator("[data-act=menu]").click();
      await row.locator(".menu").waitFor();
      const where = `${width} px, ${colorScheme}`;
      assert.deepEqual(await tooWide(mira.page), [], where);
      assert.deepEqual(await tooSmall(mira.page), [], where);
      assert.deepEqual(await faintTexts(mira.page), [], where);
      assert.ok((await mira.page.screenshot()).length > 0);
      await mira.page.context().close();
    }
  }
});

test("X4.16 everything that can be pressed or filled in has a name", async () => {
  const ada = await visit(browser, { url: server.url, room: "demo", name: "Ada" });
  await ada.says("Hello");
  await ada.rows("Hello").and(ada.page.locator("[data-status=confirmed]")).waitFor();
  const tree = await ada.page.locator("body").ariaSnapshot();
  assert.doesNotMatch(tree, /^\s*- (button|textbox|combobox)(?! ")/m);
  for (const part of [
    "banner",
    "main",
    'log "Messages"',
    "status",
    'textbox "Your message"',
    'group "Reactions"',
  ]) {
    assert.ok(tree.includes(`- ${part}`), `${part} is missing in\n${tree}`);
  }
});

function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("html, #log, .row, .desk, header")]
      .filter(
        (node) => node.scrollWidth > node.clientWidth || node.getBoundingClientRect().right > innerWidth,
      )
      .map((node) => `${node.tagName} ${node.id} ${node.scrollWidth}`),
  );
}

/** WCAG 2.2, 2.5.8: 24 by 24 CSS pixels. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, input, select, textarea")]
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ node, box }) => `${node.outerHTML} ${box.width} ${box.height}`),
  );
}
