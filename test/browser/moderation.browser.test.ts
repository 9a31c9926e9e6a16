import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { openChromium } from "./chromium.ts";
import { visit, type Visitor } from "./visitor.ts";

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

type Scene = { mira: Visitor; ada: Visitor; bob: Visitor };

/** A moderator and two guests, of whom Ada has said something. */
async function aScene(room: string, text: string): Promise<Scene> {
  await openRoom(server, room, {});
  const token = await tokenFor({ name: "Mira", role: "moderator", room });
  const [mira, ada, bob] = await Promise.all([
    visit(browser, { url: server.url, room, token }),
    visit(browser, { url: server.url, room, name: "Ada" }),
    visit(browser, { url: server.url, room, name: "Bob" }),
  ]);
  await Promise.all([mira, ada, bob].map((who) => who.status("Live")));
  await ada.says(text);
  await Promise.all([mira, bob].map((who) => who.sees(text)));
  return { mira, ada, bob };
}

test("X4.10 X4.11 a deleted message is gone from every page, and restored it is back in its place", async () => {
  const { mira, ada, bob } = await aScene("delete", "Buy this now");
  await bob.says("What?");
  await mira.sees("What?");
  await mira.rows("Buy this now").getByRole("button", { name: "Delete" }).click();
  for (const who of [mira, ada, bob]) {
    await who.sees("Removed by a moderator.");
    assert.equal(await who.rows("Buy this now").count(), 0);
  }
  await mira.page.locator("#notice", { hasText: "Message deleted." }).waitFor();
  await mira.page.getByRole("button", { name: "Restore" }).click();
  for (const who of [mira, ada, bob]) {
    await who.sees("Buy this now");
    assert.deepEqual(await who.page.locator("#messages .text").allInnerTexts(), ["Buy this now", "What?"]);
  }
});

test("X4.12 a banned person is told why, and the others are not", async () => {
  const { mira, ada, bob } = await aScene("ban", "You are all fools");
  const row = mira.rows("You are all fools");
  await row.hover();
  await row.locator("[data-act=menu]").click();
  await row.getByLabel("Reason").selectOption("harassment");
  await row.getByRole("button", { name: "Ban" }).click();
  await ada.status("A moderator banned you from this room (harassment).");
  assert.equal(await ada.page.isDisabled("#text"), true);
  await mira.page.locator("#notice", { hasText: "is banned from this room." }).waitFor();
  assert.equal(await bob.page.getByText("banned").count(), 0);
  await mira.page.locator("#notice").getByRole("button", { name: "Undo" }).click();
  await mira.page.locator("#notice", { hasText: "Undone." }).waitFor();
  await ada.page.getByRole("button", { name: "Try again" }).click();
  await ada.status("Live");
});

test("X4.7 somebody who is timed out may read, and sees until when", async () => {
  const { mira, ada } = await aScene("timeout", "Spoilers everywhere");
  await mira.chooses("Spoilers everywhere", "Time out 60 s");
  await ada.page.locator("#hint", { hasText: /A moderator muted you here until \d/ }).waitFor();
  assert.equal(await ada.page.isDisabled("#text"), true);
  await mira.page.locator("#notice").getByRole("button", { name: "Undo" }).click();
  await ada.page.locator("#text:enabled").waitFor();
});

test("X4.10 staff pin a message above the stream, and nobody else is offered what staff do", async () => {
  const { mira, bob } = await aScene("pins", "The quiz begins at nine");
  await mira.chooses("The quiz", "Pin");
  await bob.page.locator("#pinned", { hasText: "The quiz begins at nine" }).waitFor();
  await mira.chooses("The quiz", "Unpin");
  await bob.page.locator("#pins").waitFor({ state: "hidden" });
  const row = bob.rows("The quiz");
  await row.hover();
  await row.locator("[data-act=menu]").click();
  assert.deepEqual(await row.getByRole("button").allInnerTexts(), ["⋯", "Reply"]);
});

test("X4.10 X4.16 a moderator deletes and undoes by keyboard, and keeps their place", async () => {
  const { mira, bob } = await aScene("keyboard", "Nothing wrong with this");
  await mira.page.focus("#log");
  await mira.page.keyboard.press("Tab");
  await mira.page.keyboard.press("Enter");
  await bob.sees("Removed by a moderator.");
  await mira.page.locator("[data-act=restore]:focus").waitFor();
  await mira.page.locator("#notice").getByRole("button", { name: "Undo" }).press("Enter");
  await bob.sees("Nothing wrong with this");
});
