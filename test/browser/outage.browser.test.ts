import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { enter, fill, say } from "./crowd.ts";
import { holdsFrames, letsFramesGo, mayHoldFrames } from "./held-frames.ts";
import { readAll, sightOf, standsStill, toEnd, wheel } from "./reader.ts";
import { aRoad } from "./road.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

test("X4.5 X4.6 what is said while the server is dead arrives once when it is back", async () => {
  await venue.room("outage");
  const ada = await venue.visit({ room: "outage", name: "Ada" });
  const bob = await venue.visit({ room: "outage", name: "Bob" });
  await Promise.all([ada.isLive(), bob.isLive()]);
  await ada.says("Before");
  await bob.sees("Before");
  await ada.sent("Before");
  await venue.server.kill();
  await ada.status("Connection lost. Trying again");
  await ada.says("Meanwhile");
  await ada.rows("Meanwhile").getByText("Waiting for the connection…").waitFor();
  await venue.server.startAgain();
  // Somebody is impatient, somebody else waits: to press a button that is gone by now does no harm.
  const impatient = ada.part("status").getByRole("button", { name: "Try now" });
  await impatient.evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()));
  await Promise.all([ada.isLive(), bob.isLive()]);
  await bob.sees("Meanwhile");
  await bob.says("Afterwards");
  await ada.sees("Afterwards");
  for (const who of [ada, bob]) {
    assert.deepEqual(await who.texts(), ["Before", "Meanwhile", "Afterwards"]);
    assert.equal(await who.page.getByText("missing here").count(), 0);
  }
  assert.equal(await ada.chat.locator("[data-status=pending]").count(), 0);
});

test("X4.5 X4.3 what had no answer before a reload is sent once, by the same guest", async () => {
  await venue.room("reload");
  const ada = await venue.visit({ room: "reload", name: "Ada" });
  const bob = await venue.visit({ room: "reload", name: "Bob" });
  await Promise.all([ada.isLive(), bob.isLive()]);
  venue.server.freeze();
  await ada.says("On its way");
  await ada.rows("On its way").getByText("Sending…").waitFor();
  const reloaded = ada.page.reload();
  venue.server.thaw();
  await reloaded;
  await ada.sent("On its way");
  await ada.says("And on");
  await bob.sees("And on");
  for (const who of [ada, bob]) assert.deepEqual(await who.texts(), ["On its way", "And on"]);
  for (const text of ["On its way", "And on"]) {
    await ada.rows(text).hover();
    await ada.rows(text).getByRole("button", { name: "Edit" }).waitFor();
  }
});

test("W10.1 who reads back while the server dies keeps their place, misses nothing and sees nothing twice", async () => {
  const room = "reading";
  await venue.room(room);
  await fill(venue.server, room, 90, (index) => `Number ${index}.`);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 89.");
  await wheel(ada, -900);
  const before = await sightOf(ada);
  await venue.server.kill();
  await ada.status("Connection lost");
  await venue.server.startAgain();
  const bob = await enter(venue.server, room, "Bob", "viewer");
  for (const text of ["Late 0.", "Late 1.", "Late 2."]) await say(bob, text);
  await ada.comesBack();
  await ada.button(/3 new messages/).waitFor();
  await standsStill(ada, before, "after the outage");
  await ada.button(/3 new messages/).click();
  await ada.sees("Late 2.");
  assert.ok((await toEnd(ada)) <= 1);
  const wanted = [
    ...Array.from({ length: 90 }, (_, index) => `Number ${index}.`),
    ...Array.from({ length: 3 }, (_, index) => `Late ${index}.`),
  ];
  assert.deepEqual((await readAll(ada)).toSorted(), wanted.toSorted());
});

test("X4.13 X4.6 whoever was away for long sees where the hole is, and goes on behind it", async () => {
  const room = "hole";
  await venue.room(room);
  await fill(venue.server, room, 20, (index) => `Before ${index}.`);
  const road = aRoad();
  const ada = await venue.visit({
    room,
    name: "Ada",
    prepare: road.lay,
  });
  await ada.sees("Before 19.");
  await road.close();
  await ada.status("Connection lost");
  await fill(venue.server, room, 1_100, (index) => `Meanwhile ${index}.`);
  road.open();
  /* It may try by itself at this very moment, and then there is nothing to press. */
  await ada
    .part("status")
    .getByRole("button", { name: "Try now" })
    .click({ timeout: 2_000 })
    .catch(() => {});
  await ada.part("status").waitFor({ state: "hidden" });
  await ada.sees("Meanwhile 1099.");
  const hole = ada.chat.getByText(/Up to [\d,]+ messages are missing here|You were away for a while/);
  /* The pages of history do not come: then what is missing is said where it is missing. */
  await ada.page.route(/\/history\?/, (route) => route.abort());
  for (let turn = 0; turn < 20 && !(await hole.isVisible()); turn++) await wheel(ada, -400);
  await hole.waitFor();
});

test("W10.2 a message that is removed before it is painted is shown to nobody", async () => {
  const room = "race";
  await venue.room(room);
  const eve = await enter(venue.server, room, "Eve", "viewer");
  const mod = await enter(venue.server, room, "Mod", "moderator");
  const ada = await venue.visit({ room, name: "Ada", prepare: mayHoldFrames });
  await ada.isLive();
  await ada.chat.evaluate(watchTexts);
  await holdsFrames(ada);
  const id = await say(eve, "The secret address");
  const removed = await mod.room.moderate({ do: "retract", id, why: "personal-data" }).done;
  assert.equal(removed.status, "confirmed");
  await say(mod, "Please do not share addresses");
  await letsFramesGo(ada, "do not share");
  await ada.sees("do not share");
  await ada.sees("Removed by a moderator (personal data).");
  const shown = await ada.page.evaluate(() => document.documentElement.dataset["shown"] ?? "");
  assert.match(shown, /do not share/);
  assert.doesNotMatch(shown, /secret/);
});

/** In the page: whatever text comes into the chat, for however short a time. */
function watchTexts(chat: Element): void {
  if (chat.shadowRoot === null) throw new Error("The chat has no open root.");
  new MutationObserver((records) => {
    const texts = records.flatMap(({ addedNodes, target }) => [target, ...addedNodes]);
    document.documentElement.dataset["shown"] += texts.map(({ textContent }) => textContent).join(" ");
  }).observe(chat.shadowRoot, { subtree: true, childList: true, characterData: true });
}

test("D1.37 K6.17 in a busy room a page reads deflated frames, and shows every word once and in order", async () => {
  const room = "busy";
  await venue.room(room);
  const kinds = new Set<string>();
  const prepare = async (page: Page) =>
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => kinds.add(typeof payload)));
  const ada = await venue.visit({ room, name: "Ada", prepare });
  await ada.isLive();
  await fill(venue.server, room, 150, (index) => `Word ${index}, as long as what people say.`);
  await ada.sees("Word 149,");
  assert.deepEqual(kinds, new Set(["string", "object"]), "text, and bytes");
  const words = (await ada.texts()).map((text) => Number(/Word (\d+),/.exec(text)?.[1]));
  assert.equal(new Set(words).size, words.length);
  assert.ok(words.length > 5);
});
