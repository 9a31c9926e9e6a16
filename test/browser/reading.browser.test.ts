import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/sdk/client.ts";
import { enter, fill, say } from "./crowd.ts";
import { rowCount, sightOf, standsStill, toEnd, wheel } from "./reader.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();
const rowsMax = 200;

test("X4.14 W1.6 however much is said there are 200 rows at most, and who reads back is not moved", async () => {
  const room = "crowd";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  await fill(venue.server, room, 240, (index) => `Number ${index}.`);
  await ada.sees("Number 239.");
  assert.ok((await rowCount(ada)) <= rowsMax);
  assert.ok((await toEnd(ada)) <= 1);

  await wheel(ada, -1_500);
  const before = await sightOf(ada);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  await say(bob, "Late 0.");
  await say(bob, "Late 1, @Ada.", [personId("ada")]);
  await say(bob, "Late 2.");
  const newer = ada.button(/3 new messages/);
  await newer.filter({ hasText: "1 mention of you" }).waitFor();
  await standsStill(ada, before, "while others talk");
  await newer.click();
  await ada.sees("Late 2.");
  await newer.waitFor({ state: "hidden" });
  await ada.rows("Late 1").getByText("Mentions you").waitFor({ state: "attached" });
  assert.ok((await toEnd(ada)) <= 1);
  assert.ok((await rowCount(ada)) <= rowsMax);
});

test("W10.3 whoever reads back through a thousand messages sees no row jump, and is back at the end by one button", async () => {
  const room = "history";
  await venue.room(room);
  const count = 1_100;
  /* Rows of different heights, so that nobody can guess them. */
  const textOf = (index: number) => `Number ${index}.${index % 7 === 0 ? " And on it goes.".repeat(12) : ""}`;
  await fill(venue.server, room, count, textOf);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 1099.");
  let answer: () => void = () => {};
  let asked = 0;
  await ada.page.route("**/v1/rooms/*/history?*", async (route) => {
    asked += 1;
    await new Promise<void>((go) => (answer = go));
    await route.continue();
  });
  const beginning = ada.page.getByText("This is where the chat begins.");
  for (let turn = 0; turn < 60 && !(await beginning.isVisible()); turn++) {
    const askedBefore = asked;
    await stepBack(ada, turn);
    if (asked === askedBefore) await wheel(ada, -100_000);
    if (asked === askedBefore) continue;
    const before = await sightOf(ada);
    const [first] = await ada.texts();
    const loaded = ada.page.waitForResponse(/\/history\?/);
    answer();
    await (await loaded).finished();
    await ada.page.waitForFunction(
      ({ chat, first }) => chat?.shadowRoot?.querySelector("[part~=message] [part~=text]")?.textContent !== first,
      { chat: await ada.chat.elementHandle(), first: first ?? "" },
      { timeout: 2_000 },
    ).catch(() => {});
    await standsStill(ada, before, `page ${asked}`);
    assert.ok((await rowCount(ada)) <= rowsMax);
  }
  await beginning.waitFor();
  await ada.sees("Number 0.");
  assert.ok(asked >= 10, `${asked} pages`);
  await ada.button("To the latest messages").click();
  await ada.sees("Number 1099.");
  assert.ok((await toEnd(ada)) <= 1);
  assert.ok((await rowCount(ada)) <= rowsMax);
});
