import assert from "node:assert/strict";
import { test } from "node:test";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();

type Scene = { mira: Visitor; ada: Visitor; bob: Visitor };

/** A moderator and two guests, of whom Ada has said something. */
async function aScene(room: string, text: string): Promise<Scene> {
  await venue.room(room);
  const [mira, ada, bob] = await Promise.all([
    venue.member(room, "Mira", "moderator"),
    venue.visit({ room, name: "Ada" }),
    venue.visit({ room, name: "Bob" }),
  ]);
  await Promise.all([mira, ada, bob].map((who) => who.isLive()));
  await ada.says(text);
  await Promise.all([mira, bob].map((who) => who.sees(text)));
  return { mira, ada, bob };
}

test("X4.10 X4.11 a deleted message is gone from every page, and restored it is back in its place", async () => {
  const { mira, ada, bob } = await aScene("delete", "Buy this now");
  await bob.says("What?");
  await mira.sees("What?");
  await mira.presses("Buy this now", "Delete");
  for (const who of [mira, ada, bob]) {
    await who.sees("Removed by a moderator.");
    assert.equal(await who.rows("Buy this now").count(), 0);
  }
  await mira.notice("Message deleted.");
  await mira.presses("Removed by a moderator.", "Restore");
  for (const who of [mira, ada, bob]) {
    await who.sees("Buy this now");
    assert.deepEqual(await who.texts(), ["Buy this now", "What?"]);
  }
});

test("X4.12 W12.2 a banned person is told why, and the others are not", async () => {
  const { mira, ada, bob } = await aScene("ban", "You are all fools");
  const menu = await mira.opens("You are all fools");
  await menu.getByRole("menuitem", { name: /^Reason:/ }).click();
  await menu.getByRole("menuitemradio", { name: "Harassment" }).click();
  await menu.getByRole("menuitem", { name: "Ban", exact: true }).click();
  await ada.status("A moderator banned you from this chat (harassment).");
  assert.equal(await ada.field.isEditable(), false);
  await mira.notice(/is banned from this chat/);
  assert.equal(await bob.page.getByText("banned").count(), 0);
  await mira.part("notice").getByRole("button", { name: "Undo" }).click();
  await mira.notice("Undone.");
  await ada.part("status").getByRole("button", { name: "Enter again" }).click();
  await ada.isLive();
  await ada.says("I am sorry");
  await bob.sees("I am sorry");
});

test("X4.7 somebody who is timed out may read, and sees until when", async () => {
  const { mira, ada, bob } = await aScene("timeout", "Spoilers everywhere");
  await mira.chooses("Spoilers everywhere", "Timeout for 1 minute");
  const until = /^A moderator muted you here until \d/;
  await ada.chat.getByPlaceholder(until).waitFor();
  assert.equal(await ada.field.isEditable(), false);
  await bob.says("What happens?");
  await ada.sees("What happens?");
  await mira.part("notice").getByRole("button", { name: "Undo" }).click();
  await ada.chat.getByPlaceholder(until).waitFor({ state: "hidden" });
  await ada.says("I may write again");
  await bob.sees("I may write again");
});

test("X4.10 W12.1 staff pin a message above the stream, and nobody else is offered what staff do", async () => {
  const { mira, bob } = await aScene("pins", "The quiz begins at nine");
  await mira.chooses("The quiz begins", "Pin");
  await bob.part("pins").filter({ hasText: "The quiz begins at nine" }).waitFor();
  await mira.chooses("The quiz begins", "Unpin");
  await bob.part("pins").waitFor({ state: "hidden" });
  const menu = await bob.opens("The quiz begins");
  const offered = await menu.getByRole("menuitem").allInnerTexts();
  assert.doesNotMatch(offered.join(), /Ban|Timeout|Pin|Delete|Reason/);
  assert.match(offered.join(), /Ignore/);
});

test("X4.10 X4.16 a moderator deletes and undoes by keyboard, and keeps their place", async () => {
  const { mira, bob } = await aScene("keyboard", "Nothing wrong with this");
  const focused = mira.chat.locator(":focus");
  const toolbar = mira.rows("Nothing wrong").getByRole("toolbar");
  await mira.log.focus();
  await mira.page.keyboard.press("ArrowUp");
  await mira.rows("Nothing wrong").and(focused).waitFor();
  await toolbar.waitFor();
  for (let step = 0; step < 3 && !(await toolbar.locator(":focus").isVisible()); step++)
    await mira.page.keyboard.press("Tab");
  await toolbar.locator(":focus").waitFor();
  await mira.page.keyboard.press("End");
  await mira.page.keyboard.press("Enter");
  await mira.part("menu").locator(":focus").waitFor();
  await mira.page.keyboard.press("Escape");
  await toolbar.locator("[data-action=more]:focus").waitFor();
  for (let step = 0; step < 5; step++) {
    if ((await focused.getAttribute("data-action")) === "delete") break;
    await mira.page.keyboard.press("ArrowLeft");
  }
  await mira.page.keyboard.press("Enter");
  await bob.sees("Removed by a moderator.");
  await mira
    .part("message")
    .filter({ has: mira.page.locator("[part~=tombstone]") })
    .and(focused)
    .waitFor();
  await mira.part("notice").getByRole("button", { name: "Undo" }).press("Enter");
  await bob.sees("Nothing wrong with this");
});

test("W12.10 the second click on Delete does not press what stands there then", async () => {
  const { mira, bob } = await aScene("twice", "Buy this now");
  const { mouse } = mira.page;
  await mira.rows("Buy this now").hover();
  const box = await mira.rows("Buy this now").locator("[data-action=delete]").boundingBox();
  assert.ok(box !== null);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  /* However slow this machine is, the second click comes at once. */
  await mira.page.evaluate(() => {
    const now = performance.now();
    performance.now = () => now;
  });
  await mouse.click(x, y);
  await mira.chat.locator("[data-action=restore]").waitFor();
  const under = await mira.chat.evaluate(
    (chat, [x, y]) => chat.shadowRoot?.elementFromPoint(x, y)?.closest("button")?.dataset["action"],
    [x, y] as const,
  );
  assert.equal(under, "restore");
  await mouse.click(x, y);
  await mira.says("That is gone");
  await bob.sees("That is gone");
  assert.equal(await bob.rows("Buy this now").count(), 0);
  await mira.presses("Removed by a moderator.", "Restore");
  await bob.sees("Buy this now");
});
