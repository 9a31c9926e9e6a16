import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { enter, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import { sentence } from "./visitor.ts";

const venue = openVenue();

test("X4.18 W7.15 Enter sends what fits, unless it belongs to an input method or breaks the line", async () => {
  await venue.room("keys");
  const ada = await venue.visit({ room: "keys", name: "Ada" });
  const { field } = ada;
  await ada.isLive();
  await field.fill("にほん");
  await field.dispatchEvent("keydown", { key: "Enter", isComposing: true, cancelable: true, bubbles: true });
  await field.dispatchEvent("keydown", { key: "Enter", keyCode: 229, cancelable: true, bubbles: true });
  await field.press("Shift+Enter");
  await field.pressSequentially("ご");
  assert.equal(await field.inputValue(), "にほん\nご");
  assert.deepEqual(await ada.texts(), []);
  await field.press("Enter");
  await ada.sent("にほん");
  assert.equal(await field.inputValue(), "");
  assert.deepEqual(await ada.texts(), ["にほん\nご"]);
  await field.fill("   ");
  await field.press("Enter");
  assert.equal((await ada.texts()).length, 1);
});

test("W7.8 W7.15 near the limit the characters left are counted, and beyond it nothing is sent", async () => {
  await venue.room("length");
  const ada = await venue.visit({ room: "length", name: "Ada" });
  await ada.isLive();
  const counter = ada.part("counter");
  await ada.field.fill("🦊".repeat(limits.textCharsMax - 101));
  assert.equal(await counter.count(), 0);
  await ada.field.fill("🦊".repeat(limits.textCharsMax - 3));
  await counter.filter({ hasText: "3 characters left" }).waitFor();
  await ada.field.fill("🦊".repeat(limits.textCharsMax + 2));
  await counter.filter({ hasText: "2 characters too many" }).waitFor();
  assert.equal(await ada.part("send").isDisabled(), true);
  await ada.field.press("Enter");
  assert.equal(await ada.field.inputValue(), "🦊".repeat(limits.textCharsMax + 2));
  await ada.field.press("Backspace");
  await ada.field.press("Backspace");
  await ada.field.press("Enter");
  await ada.sent("🦊🦊");
});

test("W7.6 what was not sent is still there after a reload, and gone once it is sent", async () => {
  await venue.room("drafts");
  const ada = await venue.visit({ room: "drafts", name: "Ada" });
  await ada.isLive();
  await ada.field.fill("Half a thou");
  await ada.page.reload();
  await ada.isLive();
  assert.equal(await ada.field.inputValue(), "Half a thou");
  await ada.field.pressSequentially("ght");
  await ada.field.press("Enter");
  await ada.sent("Half a thought");
  await ada.page.reload();
  await ada.sees("Half a thought");
  assert.equal(await ada.field.inputValue(), "");
});

test("W7.9 W7.15 slow mode counts down in the composer and keeps the text until it is over", async () => {
  await venue.room("slow", { slowMs: 3_000 });
  const ada = await venue.visit({ room: "slow", name: "Ada" });
  await ada.chat.getByText("Slow mode: one message every 3 seconds.").waitFor();
  await ada.says("First");
  await ada.sent("First");
  await ada
    .part("wait")
    .filter({ hasText: /0:0[1-3]/ })
    .waitFor();
  await ada.says("Second");
  await ada.chat
    .getByText(/You can write again in \d second/)
    .first()
    .waitFor();
  assert.equal(await ada.field.inputValue(), "Second");
  assert.equal(await ada.part("send").isDisabled(), true);
  await ada.part("wait").waitFor({ state: "hidden" });
  await ada.field.press("Enter");
  await ada.sent("Second");
});

test("W7.10 W7.12 commands are never said: help lists them, a wrong one says what is wrong", async () => {
  await venue.room("commands");
  const ada = await venue.visit({ room: "commands", name: "Ada" });
  await ada.isLive();
  await ada.says("/help");
  const help = ada.part("help");
  await help.getByText("Hides what somebody writes, for you alone").waitFor();
  assert.equal(await help.getByText("Bans somebody").count(), 0);
  await help.getByRole("button", { name: "Close" }).click();
  await help.waitFor({ state: "hidden" });
  const note = ada.part("foot");
  await ada.says("/hepl");
  await note.getByText(sentence("There is no command /hepl.")).waitFor();
  assert.equal(await ada.field.inputValue(), "/hepl");
  await ada.says("/slow 10");
  await note.getByText("Only staff can use /slow.").waitFor();
  await ada.says("/ignore @Zoe");
  await note.getByText(sentence("Nobody called Zoe has spoken lately.")).waitFor();
  assert.deepEqual(await ada.texts(), []);
  await ada.says("/shrug");
  await ada.button("Send it as a message").click();
  await ada.sent("/shrug");
});

test("W7.23 W7.10 a command that was typed before commands are known is not sent with what one typed next", async () => {
  await venue.room("early");
  const bob = await enter(venue.server, "early", "Bob", "viewer");
  const { promise: coming, resolve: come } = Promise.withResolvers<void>();
  const ada = await venue.visit({
    room: "early",
    name: "Ada",
    prepare: (page) =>
      page.route(/composer-aids/, async (route) => {
        await coming;
        await route.continue();
      }),
  });
  await ada.isLive();
  await say(bob, "I know the way");
  await ada.sees("I know the way");
  await ada.says("/shrug");
  await ada.field.fill("Then let us follow @Bo");
  come();
  await ada.part("suggestions").getByText("Bob").waitFor();
  assert.deepEqual(await ada.texts(), ["I know the way"]);
  assert.equal(await ada.field.inputValue(), "Then let us follow @Bo");
});

test("W7.11 W7.19 staff run the room by commands, and what they did is said", async () => {
  await venue.room("orders");
  const mira = await venue.member("orders", "Mira", "moderator");
  const ada = await venue.visit({ room: "orders", name: "Ada" });
  await Promise.all([mira, ada].map((who) => who.isLive()));
  await ada.says("Hello");
  await mira.sees("Hello");
  await mira.says("/timeout @Ada 10m spoilers");
  await mira.notice(sentence("Ada cannot write for 10 minutes."));
  await ada.chat.getByPlaceholder(/^A moderator muted you/).waitFor();
  await mira.part("notice").getByRole("button", { name: "Undo" }).click();
  await ada.chat.getByPlaceholder(/^Say something/).waitFor();
});

test("W7.13 W7.14 W7.4 a mention is completed by keyboard and reaches the person", async () => {
  await venue.room("mentions");
  const bea = await enter(venue.server, "mentions", "Bea", "viewer");
  const bob = await venue.member("mentions", "Bob", "viewer");
  const ada = await venue.visit({ room: "mentions", name: "Ada" });
  await Promise.all([bob, ada].map((who) => who.isLive()));
  await bob.says("I am here");
  await bob.sent("I am here");
  await say(bea, "So am I");
  await ada.sees("I am here");
  await ada.sees("So am I");
  await ada.field.pressSequentially("Welcome @b");
  const list = ada.chat.getByRole("listbox", { name: "Suggestions" });
  await list.getByRole("option", { name: "Bea" }).and(list.locator("[aria-selected=true]")).waitFor();
  await ada.field.press("ArrowDown");
  await list.getByRole("option", { name: "Bob" }).and(list.locator("[aria-selected=true]")).waitFor();
  await ada.field.press("Enter");
  assert.equal(await ada.field.inputValue(), "Welcome @Bob ");
  await ada.field.press("Enter");
  await bob.rows("Welcome @Bob").getByText("Mentions you").waitFor({ state: "attached" });
});

test("W7.13 W7.20 W7.21 an emoji is found and picked by keyboard alone", async () => {
  await venue.room("emoji");
  const ada = await venue.visit({ room: "emoji", name: "Ada" });
  await ada.isLive();
  await ada.field.fill("I ");
  await ada.part("emoji-button").press("Enter");
  const picker = ada.chat.getByRole("dialog", { name: "Choose an emoji" });
  const search = picker.getByRole("searchbox");
  await search.and(picker.locator(":focus")).waitFor();
  await search.pressSequentially("hedgehog");
  await picker.getByRole("gridcell").first().waitFor();
  await search.press("ArrowDown");
  await picker.getByRole("gridcell").first().and(picker.locator(":focus")).waitFor();
  await ada.page.keyboard.press("Enter");
  await picker.waitFor({ state: "hidden" });
  assert.equal(await ada.field.inputValue(), "I 🦔");
  await ada.field.and(ada.chat.locator(":focus")).waitFor();
  await ada.field.pressSequentially(" :hedg");
  await ada.field.press("Escape");
  await ada.part("emoji-button").press("Enter");
  await search.waitFor();
  await ada.page.keyboard.press("Escape");
  await picker.waitFor({ state: "hidden" });
  await ada.part("emoji-button").and(ada.chat.locator(":focus")).waitFor();
});
