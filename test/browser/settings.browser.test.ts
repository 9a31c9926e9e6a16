import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { tokenFor } from "./chorus-server.ts";
import { enter, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();

/** By its button; the code of the panel comes when it is first wanted. */
async function openSettings(visitor: Visitor): Promise<Locator> {
  await visitor.part("settings-button").click();
  const panel = visitor.chat.getByRole("dialog", { name: "Chat settings" });
  await panel.waitFor();
  return panel;
}

function style(of: Locator, property: string): Promise<string> {
  return of.evaluate((node, name) => getComputedStyle(node).getPropertyValue(name), property);
}

test("W9.5 the settings open by their button, take the focus, and give it back with Escape", async () => {
  const ada = await venue.visit({ room: "demo", name: "Ada" });
  await ada.isLive();
  const button = ada.part("settings-button");
  assert.equal(await button.getAttribute("aria-expanded"), "false");
  const panel = await openSettings(ada);
  assert.equal(await button.getAttribute("aria-expanded"), "true");
  await panel.and(ada.chat.locator(":focus")).waitFor();
  await ada.page.keyboard.press("Tab");
  await panel.getByRole("button", { name: "Close" }).and(ada.chat.locator(":focus")).waitFor();
  await ada.page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  await button.and(ada.chat.locator(":focus")).waitFor();
  assert.equal(await button.getAttribute("aria-expanded"), "false");

  await ada.page.keyboard.press("Enter");
  await panel.getByRole("button", { name: "Close" }).click();
  await panel.waitFor({ state: "hidden" });
  await button.and(ada.chat.locator(":focus")).waitFor();

  await openSettings(ada);
  await ada.field.click();
  await panel.waitFor({ state: "hidden" });
  await ada.field.and(ada.chat.locator(":focus")).waitFor();
});

test("W9.6 W9.2 theme, text size and times are at once as they were chosen, and so after a reload", async () => {
  const room = "chosen";
  await venue.room(room);
  await say(await enter(venue.server, room, "Bob", "viewer"), "Hello");
  const ada = await venue.visit({ room, name: "Ada", context: { colorScheme: "light" } });
  await ada.sees("Hello");
  const text = ada.rows("Hello").locator("[part~=text]");
  const looks = async () => ({
    scheme: await style(ada.chat, "color-scheme"),
    background: await style(ada.log, "background-color"),
    size: Number.parseFloat(await style(text, "font-size")),
    times: await ada.rows("Hello").locator("time").count(),
  });
  const before = await looks();
  assert.deepEqual([before.background, before.times], ["rgb(255, 255, 255)", 1]);

  const panel = await openSettings(ada);
  await panel.getByRole("group", { name: "Theme" }).getByLabel("Dark").check();
  await panel.getByRole("group", { name: "Text size" }).getByLabel("Very large").check();
  await panel.getByLabel("Show times").uncheck();
  await ada.rows("Hello").locator("time").waitFor({ state: "detached" });
  const chosen = { scheme: "dark", background: "rgb(24, 24, 27)", size: before.size * 1.5, times: 0 };
  assert.deepEqual(await looks(), chosen);

  await ada.page.reload();
  await ada.sees("Hello");
  assert.deepEqual(await looks(), chosen);
  const again = await openSettings(ada);
  assert.ok(await again.getByRole("group", { name: "Theme" }).getByLabel("Dark").isChecked());
  await again.getByRole("group", { name: "Theme" }).getByLabel("Like the system").check();
  await again.getByRole("group", { name: "Text size" }).getByLabel("Normal").check();
  await again.getByLabel("Show times").check();
  await ada.rows("Hello").locator("time").waitFor();
  assert.deepEqual(await looks(), before);
});

test("W9.7 focus mode leaves the messages and the composer", async () => {
  const room = "focus";
  await venue.room(room);
  const host = await enter(venue.server, room, "Hal", "host");
  await host.room.moderate({ do: "pin", id: await say(host, "Read this") }).done;
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Read this");
  const [pins, reactions] = [ada.part("pins"), ada.part("reactions")];
  await Promise.all([pins.waitFor(), reactions.waitFor()]);
  const panel = await openSettings(ada);
  await panel.getByLabel("Focus mode").check();
  await Promise.all([pins, reactions].map((part) => part.waitFor({ state: "detached" })));
  await ada.page.reload();
  await ada.sees("Read this");
  await ada.says("Undisturbed");
  await ada.sent("Undisturbed");
  assert.deepEqual([await pins.count(), await reactions.count()], [0, 0]);
  await openSettings(ada);
  await panel.getByLabel("Focus mode").uncheck();
  await Promise.all([pins.waitFor(), reactions.waitFor()]);
});

test("W9.8 who is ignored is listed by name, and shown again from there", async () => {
  const room = "ignoring";
  await venue.room(room);
  const [bob, cleo] = await Promise.all([
    enter(venue.server, room, "Bob", "viewer"),
    enter(venue.server, room, "Cleo", "viewer"),
  ]);
  await say(bob, "From Bob");
  await say(cleo, "From Cleo");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("From Cleo");
  const panel = await openSettings(ada);
  await panel.getByText("You ignore nobody.").waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.chooses("From Bob", "Ignore \u2068Bob\u2069");
  await ada.chooses("From Cleo", "Ignore \u2068Cleo\u2069");
  await ada.rows("From").first().waitFor({ state: "detached" });

  await openSettings(ada);
  const people = panel.getByRole("region", { name: "People you ignore" });
  assert.deepEqual(await people.getByRole("listitem").locator("bdi").allInnerTexts(), ["Cleo", "Bob"]);
  await people.getByRole("button", { name: "Show again Cleo" }).click();
  await people.getByRole("button", { name: "Show again Bob" }).and(ada.chat.locator(":focus")).waitFor();
  await ada.sees("From Cleo");
  await ada.notice("You see again what");
  assert.deepEqual(await ada.texts(), ["From Cleo"]);
  await ada.page.keyboard.press("Enter");
  await panel.getByText("You ignore nobody.").waitFor();
  await ada.sees("From Bob");
  assert.deepEqual(await ada.texts(), ["From Bob", "From Cleo"]);
  await ada.part("notice").getByRole("button", { name: "Undo" }).click();
  await ada.rows("From Bob").waitFor({ state: "detached" });
});

test("W9.9 a guest takes another name, speaks by it, and has it at the next visit", async () => {
  const room = "renamed";
  await venue.room(room);
  const ada = await venue.visit({ room, name: null });
  await ada.isLive();
  await ada.button(/^Stay/).click();
  const panel = await openSettings(ada);
  const name = panel.getByLabel("Your name here");
  assert.equal(await name.inputValue(), "");
  await name.fill("Augusta");
  await name.press("Enter");
  await panel.waitFor({ state: "hidden" });
  await ada.page.getByPlaceholder(/Augusta/).waitFor();
  await ada.says("It is me");
  await ada.rows("It is me").filter({ hasText: "Augusta" }).waitFor();
  await ada.page.reload();
  await ada.page.getByPlaceholder(/Augusta/).waitFor();

  const token = await tokenFor({ name: "Mira", role: "viewer", room });
  const mira = await venue.visit({ room, token });
  await mira.isLive();
  assert.equal(await (await openSettings(mira)).getByLabel("Your name here").count(), 0);
});
