import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/sdk/client.ts";
import { enter, fill, say } from "./crowd.ts";
import { sightOf, standsStill, toEnd, wheel } from "./reader.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();

test("W1.7 the pause button stops the list at its end, counts what comes, and leads back", async () => {
  const room = "pause";
  await venue.room(room);
  await fill(venue.server, room, 40, (index) => `Number ${index}.`);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.sees("Number 39.");
  const pause = ada.part("pause");
  assert.equal(await pause.getAttribute("aria-pressed"), "false");
  await pause.click();
  await pause.and(ada.chat.locator("[aria-pressed=true]")).waitFor();
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  const before = await sightOf(ada);
  await say(bob, "While paused");
  await say(bob, "You too, @Ada", [personId("ada")]);
  const newer = ada.button(/2 new messages/);
  await newer.filter({ hasText: "1 mention of you" }).waitFor();
  await standsStill(ada, before, "while paused");
  await pause.click();
  await newer.waitFor({ state: "hidden" });
  await ada.sees("You too");
  assert.equal(await pause.getAttribute("aria-pressed"), "false");
  assert.ok((await toEnd(ada)) <= 1);
  await say(bob, "And on it goes");
  await ada.sees("And on it goes");
  assert.ok((await toEnd(ada)) <= 1);

  await pause.click();
  await pause.and(ada.chat.locator("[aria-pressed=true]")).waitFor();
  await wheel(ada, -20);
  await wheel(ada, 20);
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  await pause.click();
  await pause.and(ada.chat.locator("[aria-pressed=false]")).waitFor();

  await wheel(ada, -600);
  await ada.part("newer").waitFor();
  assert.equal(await pause.getAttribute("aria-pressed"), "true");
  await pause.press("Enter");
  await ada.part("newer").waitFor({ state: "hidden" });
  assert.ok((await toEnd(ada)) <= 1);
});

test("W10.14 W2.8 the Tab key stops once at the list and once at the reactions, then at the composer", async () => {
  const room = "tabs";
  await venue.room(room);
  await fill(venue.server, room, 12, (index) => `Number ${index}, https://example.org/${index}`);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 11,");
  await ada.isLive();
  await ada.field.fill("Ready to be sent");
  await ada.part("pause").focus();
  const stops: string[] = [];
  for (let stop = 0; stop < 7; stop++) {
    stops.push(await focused(ada));
    await ada.page.keyboard.press("Tab");
  }
  assert.deepEqual(stops, ["pause", "settings-button", "log", "reaction", "field", "emoji-button", "send"]);
  assert.equal(await focused(ada), "", "nothing of the chat comes after its composer");
  await ada.page.keyboard.press("Shift+Tab");
  assert.equal(await focused(ada), "send");
});

test("W2.10 W2.8 a tap on a reaction leaves the stop of the Tab key where it is, arrows move it", async () => {
  await venue.room("taps");
  const ada = await venue.visit({ room: "taps", name: "Ada" });
  await ada.isLive();
  const reaction = (at: number) => ada.part("reaction").nth(at);
  const stop = (at: number) => reaction(at).and(ada.chat.locator("[tabindex='0']"));
  await reaction(2).click();
  await reaction(2).getByText("+1").waitFor();
  await reaction(2).and(ada.chat.locator(":focus")).waitFor();
  assert.equal(await stop(0).count(), 1);
  await ada.page.keyboard.press("ArrowLeft");
  await stop(1).and(ada.chat.locator(":focus")).waitFor();
  assert.equal(await ada.chat.locator("[part~=reaction][tabindex='0']").count(), 1);
});

test("W10.14 arrows lead from row to row, Tab to the buttons of one, and Escape back to the list", async () => {
  const room = "rows";
  await venue.room(room);
  await fill(venue.server, room, 12, (index) => `Number ${index}.`);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 11.");
  await ada.isLive();
  const { keyboard } = ada.page;
  const [second = "", last = ""] = (await ada.texts()).slice(-2);
  const row = (text: string) => ada.rows(text).and(ada.chat.locator(":focus"));
  await ada.log.focus();
  await keyboard.press("ArrowUp");
  await row(last).waitFor();
  await keyboard.press("ArrowUp");
  await row(second).waitFor();
  await keyboard.press("ArrowDown");
  await row(last).waitFor();
  await keyboard.press("ArrowDown");
  await row(last).waitFor();
  await keyboard.press("ArrowUp");

  const tools = ada.rows(second).getByRole("toolbar");
  await tools.waitFor();
  await keyboard.press("Tab");
  assert.equal(await focused(ada), "name");
  await keyboard.press("Tab");
  await tools.getByRole("button", { name: "Reply" }).and(ada.chat.locator(":focus")).waitFor();
  await keyboard.press("ArrowRight");
  await keyboard.press("End");
  await tools.getByRole("button", { name: "More" }).and(ada.chat.locator(":focus")).waitFor();
  await keyboard.press("Escape");
  await row(second).waitFor();
  await keyboard.press("Escape");
  assert.equal(await focused(ada), "log");

  await keyboard.press("ArrowUp");
  await row(last).waitFor();
  await tools.waitFor({ state: "detached" });
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await ada.field.and(ada.chat.locator(":focus")).waitFor();
  await ada.part("purpose").filter({ hasText: last }).waitFor();
  await keyboard.type("Without a mouse");
  await keyboard.press("Enter");
  await ada.sent("Without a mouse");
  await ada.part("newer").waitFor({ state: "hidden" });
  assert.equal(await focused(ada), "field");
});

/** The first name of what has the focus in the chat; empty where nothing there has it. */
function focused({ chat }: Visitor): Promise<string> {
  return chat.evaluate((element) => {
    const [first = ""] = element.shadowRoot?.activeElement?.part.values() ?? [];
    return first;
  });
}
