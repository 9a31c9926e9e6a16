import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/sdk/client.ts";
import { tokenFor } from "./chorus-server.ts";
import { enter, fill, say } from "./crowd.ts";
import { holdsFrames, letsFramesGo, mayHoldFrames } from "./held-frames.ts";
import { rowCount, sightOf, standsStill, toEnd, wheel } from "./reader.ts";
import { aRoad } from "./road.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

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

test("W1.8 who held the key while they lost the moderator's role sees the list go on when they let it go", async () => {
  const room = "demoted";
  await venue.room(room);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const [first, next] = await Promise.all(
    (["moderator", "viewer"] as const).map((role) => tokenFor({ name: "Mira", role, room })),
  );
  const road = aRoad();
  const mira = await venue.visit({
    room,
    name: "Mira",
    prepare: road.lay,
  });
  await mira.isLive();
  const has = (token: string | undefined) =>
    mira.page.evaluate((token) => (document.documentElement.dataset["token"] = token), token);
  await has(first);
  await mira.chat.evaluate((chat) =>
    Object.assign(chat, { token: () => document.documentElement.dataset["token"] }),
  );
  const staffLog = mira.button(/^Staff log/);
  await staffLog.waitFor();
  await mira.page.keyboard.down("Alt");
  const standing = mira.page.getByText("The list stands still while you hold the key.");
  await standing.waitFor();
  await has(next);
  road.say({ t: "refresh", withinMs: 30_000 });
  await staffLog.waitFor({ state: "hidden" });
  await mira.page.keyboard.up("Alt");
  await standing.waitFor({ state: "hidden" });
  await say(bob, "And on it goes");
  await mira.sees("And on it goes");
  assert.ok((await toEnd(mira)) <= 1);
});

test("W10.22 what is selected in a row stays so while others talk, and when the pointer leaves the row", async () => {
  const room = "selected";
  await venue.room(room);
  await fill(venue.server, room, 60, (index) => `Number ${index}, word for word.`);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 59,");
  await wheel(ada, -300);
  const reading = await sightOf(ada);
  const text = reading[Math.floor(reading.length / 2)]?.text ?? "";
  const row = ada.rows(text);
  await row.hover();
  await row.getByRole("toolbar").waitFor();
  const box = await row.locator("[part~=text]").boundingBox();
  assert.ok(box !== null);
  const { mouse } = ada.page;
  await mouse.move(box.x + 1, box.y + box.height / 2);
  await mouse.down();
  await mouse.move(box.x + box.width + 2, box.y + box.height / 2, { steps: 4 });
  await mouse.up();
  const selected = () => ada.page.evaluate(() => String(getSelection()).trim());
  assert.equal(await selected(), text);
  await say(bob, "Meanwhile");
  await ada.button(/1 new message/).waitFor();
  assert.equal(await selected(), text, "while somebody talks");
  await ada.rows(reading[1]?.text ?? "").hover();
  await row.getByRole("toolbar").waitFor({ state: "detached" });
  await say(bob, "And on it goes");
  await ada.button(/2 new messages/).waitFor();
  assert.equal(await selected(), text, "when the pointer has left");
});

test("W8.6 W8.4 older messages that do not come are asked for once, and then by the button alone", async () => {
  const room = "unanswered";
  await venue.room(room);
  await fill(venue.server, room, 320, textOf);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 319.");
  const pages = /\/v1\/rooms\/[^/]+\/history\?/;
  let asked = 0;
  await ada.page.route(pages, (route) => {
    asked += 1;
    return route.abort();
  });
  const failed = ada.page.getByText("Older messages could not be loaded.");
  for (let turn = 0; turn < 20 && !(await failed.isVisible()); turn++) await wheel(ada, -100_000);
  for (const down of [300, -100_000, 300, -100_000]) await wheel(ada, down);
  await say(bob, "Meanwhile");
  await ada.button(/1 new message/).waitFor();
  assert.equal(asked, 1);
  await ada.page.unroute(pages);
  await ada.button("Try again").click();
  await failed.waitFor({ state: "hidden" });
  for (let turn = 0; turn < 20 && (await ada.rows("Number 0.").count()) === 0; turn++)
    await wheel(ada, -100_000);
  await ada.sees("Number 0.");
});

test("W8.7 W8.3 a message that is removed and restored twice stands there once", async () => {
  const room = "twice";
  await venue.room(room);
  const ids = await fill(venue.server, room, 20, (index) => `Old ${index}.`);
  await fill(venue.server, room, 240, (index) => `Number ${index}.`);
  const mod = await enter(venue.server, room, "Mod", "moderator");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("Number 239.");
  const first = await ada.chat.evaluate(firstIn);
  /* Restored, it is in the room's own list too, and older than all others there. */
  const beforeFirst = async () => {
    const reading = await sightOf(ada);
    return reading[reading.findIndex(({ text }) => text === first) - 1]?.text;
  };
  const [id] = ids.slice(-1);
  assert.ok(id !== undefined);
  /* Once before it is read, and once afterwards. */
  for (const [down, news] of [
    [-400, /1 new message/],
    [400, /2 new messages/],
  ] as const) {
    for (let turn = 0; turn < 80 && (await beforeFirst()) === undefined; turn++) await wheel(ada, down);
    const before = await beforeFirst();
    assert.match(before ?? "", /Number/);
    for (const act of [{ do: "retract", id, why: "spam" } as const, { do: "restore", id } as const])
      assert.equal((await mod.room.moderate(act).done).status, "confirmed");
    await say(mod, `Meanwhile ${down}`);
    await ada.button(news).waitFor();
    assert.equal(await beforeFirst(), before);
    for (let turn = 0; turn < 20 && !(await ada.rows("Old 0.").isVisible()); turn++)
      await wheel(ada, -100_000);
    assert.deepEqual([await ada.rows("Old 19.").count(), await ada.part("tombstone").count()], [1, 0]);
  }
});

test("W1.11 in a window that is taller than all rows a turn of the wheel shows older ones", async () => {
  const room = "tower";
  await venue.room(room);
  await fill(venue.server, room, 320, (index) => `Number ${index}.`);
  const context = { viewport: { width: 1_280, height: 5_000 } };
  const ada = await venue.visit({ room, name: "Ada", context });
  await ada.button("Earlier messages").waitFor();
  const newest = new Set(await ada.texts());
  const isOlder = ({ text }: { text: string }) => text.startsWith("Number") && !newest.has(text);
  const showsOlder = async () => (await sightOf(ada)).some(isOlder);
  for (let turn = 0; turn < 20 && !(await showsOlder()); turn++) await wheel(ada, -100);
  assert.ok(await showsOlder());
});

test("W1.10 a hand at the list has rows above it, and where rows turn out low there is no blank strip", async () => {
  const room = "hand";
  await venue.room(room);
  await fill(venue.server, room, 60, (index) => `Number ${index}.${" And on it goes.".repeat(16)}`);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const context = { hasTouch: true, viewport: { width: 1_280, height: 1_000 } };
  const ada = await venue.visit({ room, name: "Ada", context, prepare: mayHoldFrames });
  await ada.sees("Number 59.");
  const drawn = ada.part("message").nth(3 * (await sightOf(ada)).length);
  const away = async (text: string) => {
    await ada.field.hover();
    await say(bob, text);
    await ada.sees(text);
    await drawn.waitFor({ state: "detached" });
  };
  await away("Nobody is at the list");
  await ada.log.hover();
  await drawn.waitFor({ state: "attached" });
  await away("Nor now");
  const box = await ada.log.boundingBox();
  assert.ok(box !== null);
  const finger = await ada.page.context().newCDPSession(ada.page);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await drawn.waitFor({ state: "attached" });
  await finger.send("Input.dispatchTouchEvent", { type: "touchCancel", touchPoints: [] });
  await away("Nor any more");

  await holdsFrames(ada);
  await fill(venue.server, room, 80, (index) => `Low ${index}.`);
  await letsFramesGo(ada, "Low 79.");
  await ada.sees("Low 79.");
  assert.ok(await isFull(ada));
  assert.ok((await toEnd(ada)) <= 1);
});

/** Whether the rows fill their box, within the frames that a painting takes. */
function isFull({ log }: Visitor): Promise<boolean> {
  return log.evaluate(async (node) => {
    for (let frame = 0; frame < 20 && node.scrollHeight <= node.clientHeight; frame++)
      await new Promise(requestAnimationFrame);
    return node.scrollHeight > node.clientHeight;
  });
}

type WithMessages = Element & { model: { room: { messages: readonly { text: string }[] } } };

/** In the page: the first message of the room's own list, whether it has a row or not. */
function firstIn(chat: Element): string {
  return (chat as WithMessages).model.room.messages[0]?.text ?? "";
}

/** In the page: settles when the chat knows of a message, whether it shows it or not, and could have been painted since. */
async function heard(chat: Element, text: string): Promise<void> {
  const { model } = chat as WithMessages;
  while (!model.room.messages.some((message) => message.text === text))
    await new Promise((again) => setTimeout(again, 20));
  for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
}
