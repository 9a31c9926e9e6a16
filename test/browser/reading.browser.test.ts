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

/** Rows of different heights, so that nobody can guess them. */
function textOf(index: number): string {
  return `Number ${index}.${index % 7 === 0 ? " And on it goes.".repeat(12) : ""}`;
}

test("W10.3 whoever reads back through a thousand messages sees no row jump, and is back at the end by one button", async () => {
  const room = "history";
  await venue.room(room);
  await fill(venue.server, room, 1_100, textOf);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 1099.");
  /* The pages of history wait until whoever reads has come to rest above them. */
  const pages: (() => void)[] = [];
  await ada.page.route(/\/v1\/rooms\/[^/]+\/history\?/, async (route) => {
    await new Promise<void>((go) => pages.push(go));
    await route.continue();
  });
  const beginning = ada.page.getByText("This is where the chat begins.");
  let loaded = 0;
  for (let turn = 0; turn < 60 && !(await beginning.isVisible()); turn++) {
    await wheel(ada, -100_000);
    const answer = pages.shift();
    if (answer === undefined) continue;
    const before = await sightOf(ada);
    const answered = ada.page.waitForResponse(/\/history\?/);
    answer();
    await (await answered).finished();
    await ada.page.getByText("Loading older messages").waitFor({ state: "hidden" });
    await standsStill(ada, before, `page ${++loaded}`);
    assert.ok((await rowCount(ada)) <= rowsMax);
  }
  await beginning.waitFor();
  await ada.sees("Number 0.");
  assert.ok(loaded >= 10, `${loaded} pages`);
  await ada.button("To the latest messages").click();
  await ada.sees("Number 1099.");
  assert.ok((await toEnd(ada)) <= 1);
  assert.ok((await rowCount(ada)) <= rowsMax);
});

test("W10.3 no row moves further than the wheel was turned", async () => {
  const room = "wheel";
  await venue.room(room);
  await fill(venue.server, room, 320, textOf);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 319.");
  const byPx = 400;
  for (const direction of [-1, 1]) {
    for (let turn = 0; turn < 12; turn++) {
      const before = await sightOf(ada);
      await wheel(ada, direction * byPx);
      const after = new Map((await sightOf(ada)).map(({ key, top }) => [key, top]));
      const moves = before.flatMap(({ key, top }) => (after.get(key) ?? top) - top);
      for (const move of moves) {
        const turned = move * -direction;
        assert.ok(turned > -3 && turned < byPx + 3, `turn ${turn}: a row moved by ${move} px`);
      }
    }
  }
});

test("W10.4 a quote leads to the message that it is of, and the button leads back", async () => {
  const room = "quotes";
  await venue.room(room);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const asked = await say(bob, "What is the name of the song?");
  await fill(venue.server, room, 60, textOf);
  const outcome = await bob.room.say("I still want to know", { reply: asked }).done;
  assert.equal(outcome.status, "confirmed");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("I still want to know");
  await ada
    .rows("I still want to know")
    .getByRole("button", { name: /What is the name/ })
    .click();
  const quoted = ada.rows("What is the name of the song?").filter({ hasNotText: "I still want" });
  await quoted.and(ada.chat.locator(":focus")).waitFor();
  assert.ok((await sightOf(ada)).some(({ text }) => text.startsWith("What is the name")));
  await ada.button("To the latest messages").click();
  await ada.button("To the latest messages").waitFor({ state: "hidden" });
  assert.ok((await toEnd(ada)) <= 1);
});

test("W1.8 while staff hold the key, or anybody points at actions, the list stands still", async () => {
  const room = "still";
  await venue.room(room);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  await fill(venue.server, room, 40, textOf);
  const mira = await venue.member(room, "Mira", "moderator");
  await mira.sees("Number 39.");
  await mira.page.keyboard.down("Alt");
  await mira.page.getByText("The list stands still while you hold the key.").waitFor();
  const before = await sightOf(mira);
  await say(bob, "While the key is down");
  await mira.button(/1 new message/).waitFor();
  await standsStill(mira, before, "while the key is down");
  await mira.page.keyboard.up("Alt");
  await mira.sees("While the key is down");
  await mira.button(/new message/).waitFor({ state: "hidden" });
  assert.ok((await toEnd(mira)) <= 1);

  const last = mira.part("message").last();
  await last.hover();
  await last.locator("[data-action=more]").hover();
  const pointed = await sightOf(mira);
  await say(bob, "While the pointer rests on actions");
  await say(bob, "And one more");
  await mira.chat.evaluate(heard, "And one more");
  await standsStill(mira, pointed, "while the pointer rests on actions");
  await mira.field.hover();
  await mira.sees("And one more");
  assert.ok((await toEnd(mira)) <= 1);
});

/** In the page: settles when the chat knows of a message, whether it shows it or not, and could have been painted since. */
async function heard(chat: Element, text: string): Promise<void> {
  const { model } = chat as Element & { model: { room: { messages: readonly { text: string }[] } } };
  while (!model.room.messages.some((message) => message.text === text))
    await new Promise((again) => setTimeout(again, 20));
  for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
}
