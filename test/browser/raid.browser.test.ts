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
