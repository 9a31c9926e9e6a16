import assert from "node:assert/strict";
import { test } from "node:test";
import { fill, removeAll } from "./crowd.ts";
import { rowCount, sightOf, standsStill, toEnd, topOf, wheel } from "./reader.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

/** The chat's own share of it is far below; the machine that this runs on is a slow and busy one. */
const frozenMsMax = 1_000;

test("W10.6 500 messages of a raid go from every page, what is read stands still, and one can go on writing", async () => {
  const room = "raid";
  await venue.room(room);
  const before = await fill(venue.server, room, 60, (index) => `Join us at ${index} dot example`);
  await fill(venue.server, room, 40, (index) => `A real remark ${index}.`);
  const [ada, bob] = await Promise.all([
    venue.visit({ room, name: "Ada" }),
    venue.visit({ room, name: "Bob" }),
  ]);
  await Promise.all([ada, bob].map((who) => who.sees("A real remark 39.")));
  /* Bob reads what was said between two waves of the raid. */
  await wheel(bob, -250);
  const after = await fill(venue.server, room, 440, (index) => `Come to ${index} dot example`);
  await bob.button(/440 new messages/).waitFor();
  await ada.sees("dot example");
  const reading = await sightOf(bob);
  assert.ok(reading.length > 5 && reading.every(({ text }) => text.startsWith("A real remark")));
  await ada.page.evaluate(watchFrames);

  const removed = removeAll(venue.server, room, [...before, ...after]);
  await ada.says("Is anybody still here?");
  await ada.sent("Is anybody still here?");
  await removed;
  await ada.page.waitForFunction(
    (chat) => !/dot example/.test(chat?.shadowRoot?.textContent ?? "dot example"),
    await ada.chat.elementHandle(),
  );
  assert.ok((await toEnd(ada)) <= 1);
  assert.ok((await rowCount(ada)) <= 200);
  const frozen = Number(await ada.page.evaluate(() => document.documentElement.dataset["frozen"]));
  assert.ok(frozen < frozenMsMax, `the page stood still for ${frozen} ms`);

  await standsStill(bob, reading, "while a raid is deleted");
  for (const { key, top, text } of reading) {
    assert.ok(Math.abs(((await topOf(bob, key)) ?? Infinity) - top) <= 2, text);
  }
  await wheel(bob, -3_000);
  assert.deepEqual(await bob.log.getByText("dot example").count(), 0);
  assert.deepEqual([...ada.alarms, ...bob.alarms], []);
});

test("W1.11 W10.15 where a raid is gone and leaves nothing in sight, what is older is within reach by button and by wheel", async () => {
  const room = "razed";
  await venue.room(room, { removed: "gone" });
  await fill(venue.server, room, 40, (index) => `A real remark ${index}.`);
  /* More than anybody who comes now has in their list. */
  const raid = await fill(venue.server, room, 320, (index) => `Come to ${index} dot example`);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Come to 319 dot");
  await removeAll(venue.server, room, raid);
  const last = ada.rows("A real remark 39.");
  await ada.button("Earlier messages").click();
  await last.waitFor();
  await ada.button("To the latest messages").click();
  await last.waitFor({ state: "detached" });
  for (let turn = 0; turn < 20 && !(await last.isVisible()); turn++) await wheel(ada, -100);
  await last.waitFor();
  assert.equal(await ada.part("tombstone").count(), 0);
});

/** In the page: for how long nothing could be painted, at the longest. */
function watchFrames(): void {
  let last = performance.now();
  let longest = 0;
  function look(now: number): void {
    longest = Math.max(longest, now - last);
    last = now;
    document.documentElement.dataset["frozen"] = String(Math.round(longest));
    requestAnimationFrame(look);
  }
  requestAnimationFrame(look);
}
