import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { test } from "node:test";
import { enter, fill, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();
const behindMs = 5_000;

/** What the page of these tests holds beside its chat. Moments are Unix ms by the one clock of this machine. */
type Beside = { behindMs: number; live: boolean; readonly seenAt: Record<string, number> };
type BesidePage = Window & { beside?: Beside };
type ChatElement = HTMLElement & {
  clock?: unknown;
  readonly beside: unknown;
  readonly model: { readonly room: { readonly messages: readonly Said[] } } | null;
};
type Said = { readonly text: string; readonly time: number; readonly at: number | null };

/** Gives the chat a picture that is so far behind, and writes down in which frame each text is there first. */
async function putBeside(visitor: Visitor): Promise<void> {
  await visitor.chat.evaluate(async (element, behind) => {
    const chat = element as ChatElement;
    const beside: Beside = { behindMs: behind, live: true, seenAt: {} };
    (window as BesidePage).beside = beside;
    function look(): void {
      for (const text of chat.shadowRoot?.querySelectorAll("[part~=message] [part~=text]") ?? [])
        beside.seenAt[text.textContent.trim()] ??= Date.now();
      requestAnimationFrame(look);
    }
    look();
    chat.clock = {
      now: () => ({ wall: Date.now() - beside.behindMs, errorMs: 0 }),
      get live() {
        return beside.live;
      },
    };
    while (chat.beside === null) await new Promise((resolve) => setTimeout(resolve, 20));
  }, behindMs);
}

async function setPicture({ page }: Visitor, change: Partial<Beside>): Promise<void> {
  await page.evaluate((change) => void Object.assign((window as BesidePage).beside ?? {}, change), change);
}

/** When a text was painted first; null where it was not. */
function seenAt({ page }: Visitor, text: string): Promise<number | null> {
  return page.evaluate((text) => (window as BesidePage).beside?.seenAt[text] ?? null, text);
}

/** Once it has come. */
function said({ chat }: Visitor, text: string): Promise<Said> {
  return chat.evaluate(async (element, text) => {
    const { model } = element as ChatElement;
    for (let tries = 0; tries < 200; tries += 1) {
      const known = model?.room.messages.find((one) => one.text === text);
      if (known !== undefined) return { text, time: known.time, at: known.at };
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`Nobody said ${text}.`);
  }, text);
}

async function lateMs(visitor: Visitor, text: string, moment: number): Promise<number> {
  await visitor.sees(text);
  /* It is there before the frame that writes it down. */
  const at = await visitor.page.waitForFunction(writtenAt, text);
  return Number(await at.jsonValue()) - moment;
}

/** Runs in the page. */
function writtenAt(text: string): number | null {
  return (window as BesidePage).beside?.seenAt[text] ?? null;
}

test("V6.1 V6.2 V6.3 beside a picture that is 5 s behind others are read 5 s later, oneself and staff at once, and what is removed never", async () => {
  const room = "beside";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  await putBeside(ada);
  const [bob, hal, mod] = await Promise.all([
    enter(venue.server, room, "Bob", "viewer"),
    enter(venue.server, room, "Hal", "host"),
    enter(venue.server, room, "Mod", "moderator"),
  ]);
  const secret = await say(bob, "Secret");
  await say(bob, "Goal");
  await say(hal, "Welcome");
  await ada.sees("Welcome");
  await ada.says("Mine");
  const staffLateMs = await lateMs(ada, "Welcome", (await said(ada, "Welcome")).time);
  const ownLateMs = await lateMs(ada, "Mine", (await said(ada, "Mine")).time);
  assert.ok(staffLateMs < 500 && ownLateMs < 500, JSON.stringify({ staffLateMs, ownLateMs }));
  assert.deepEqual(await ada.texts(), ["Welcome", "Mine"]);
  await mod.room.moderate({ do: "retract", id: secret, why: "other" }).done;
  const shownLateMs = await lateMs(ada, "Goal", (await said(ada, "Goal")).time + behindMs);
  console.log(`# painted ${shownLateMs} ms after its moment`);
  assert.ok(shownLateMs >= 0 && shownLateMs < 100, `${shownLateMs} ms`);
  await wait(200);
  assert.deepEqual(await ada.texts(), ["Welcome", "Mine", "Goal"]);
  assert.equal(await seenAt(ada, "Secret"), null);
  assert.equal(await ada.part("tombstone").count(), 0);

  await setPicture(ada, { behindMs: 60_000, live: false });
  await ada.rows("Goal").waitFor({ state: "detached" });
  await say(bob, "Later");
  await wait(500);
  assert.equal(await seenAt(ada, "Later"), null);
  await setPicture(ada, { behindMs: 100, live: true });
  await ada.sees("Goal");
  await ada.sees("Later");
  assert.deepEqual(ada.alarms, []);
});

test("V6.6 two who are equally far behind read each other at once", async () => {
  const room = "beside-each-other";
  await venue.room(room);
  const [ada, bob] = await Promise.all([
    venue.member(room, "Ada", "viewer"),
    venue.member(room, "Bob", "viewer"),
  ]);
  for (const who of [ada, bob]) {
    await who.isLive();
    await putBeside(who);
  }
  for (const text of ["One", "Two"]) {
    await ada.says(text);
    const began = await seenAt(ada, text).then((at) => at ?? Date.now());
    const ms = await lateMs(bob, text, began);
    console.log(`# seen by the other after ${ms} ms`);
    assert.ok(ms < 300, `${text}: ${ms} ms`);
    const { at, time } = await said(bob, text);
    assert.ok(at !== null && Math.abs(time - at - behindMs) < 300, JSON.stringify({ at, time }));
  }
});

test("V6.7 V6.5 who turns the switch off sees everything at once, and finds it so again", async () => {
  const room = "beside-not";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  const name = "Show chat with the picture";
  const settings = ada.part("settings-button");
  const choice = ada.chat.getByRole("checkbox", { name });
  await settings.click();
  await ada.chat.getByRole("checkbox", { name: "Show times" }).waitFor();
  assert.equal(await choice.count(), 0, "there is no picture");
  await ada.page.keyboard.press("Escape");
  await putBeside(ada);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  await setPicture(ada, { behindMs: 60_000 });
  await say(bob, "Waits");
  await wait(300);
  assert.equal(await seenAt(ada, "Waits"), null);
  await settings.click();
  assert.equal(await choice.isChecked(), true);
  await choice.uncheck();
  await ada.sees("Waits");
  await say(bob, "Does not wait");
  const ms = await lateMs(ada, "Does not wait", (await said(ada, "Does not wait")).time);
  assert.ok(ms < 500, `${ms} ms`);
  await choice.check();
  await ada.rows("Waits").waitFor({ state: "detached" });
  await ada.page.keyboard.press("Escape");
  await ada.chat.evaluate((chat) => chat.setAttribute("align", "off"));
  await wait(200);
  assert.equal(await ada.rows("Waits").count(), 0, "what somebody chose comes before what the page asks for");
});

test("V6.7 a host may have the chat not wait, by an attribute", async () => {
  const room = "beside-off";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  await putBeside(ada);
  await say(await enter(venue.server, room, "Bob", "viewer"), "Waits");
  await wait(300);
  assert.equal(await seenAt(ada, "Waits"), null);
  await ada.chat.evaluate((chat) => chat.setAttribute("align", "off"));
  await ada.sees("Waits");
});

test("V6.4 V6.8 who reads back is told of what is new when it is to be seen, and not shown it before", async () => {
  const room = "beside-back";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  const bob = await enter(venue.server, room, "Bob", "viewer");
  await say(bob, "Before");
  await ada.sees("Before");
  await putBeside(ada);
  await setPicture(ada, { behindMs: 1_500 });
  await ada.sees("Before");
  await ada.button("Pause").click();
  await say(bob, "After");
  await wait(500);
  assert.equal(await ada.part("newer").filter({ hasText: "1 new" }).count(), 0);
  await ada.part("newer").filter({ hasText: "1 new" }).waitFor();
  const early = (await said(ada, "After")).time + 1_500 - Date.now();
  assert.ok(early <= 0, `${early} ms before its moment`);
});

test("V6.11 who goes back to before the list sees the chat of that moment, and all of it at the live edge", async () => {
  const room = "beside-long-ago";
  await venue.room(room);
  await fill(venue.server, room, 150, (index) => `Early ${index}`);
  await wait(300);
  const then = Date.now();
  await wait(300);
  await fill(venue.server, room, 150, (index) => `Late ${index}`);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.sees("Late 149");
  assert.equal(await ada.rows("Early 149").count(), 0, "a view holds a hundred");
  await putBeside(ada);
  await setPicture(ada, { behindMs: 100 });
  await say(await enter(venue.server, room, "Bob", "viewer"), "Live");
  await ada.sees("Live");
  await setPicture(ada, { live: false, behindMs: Date.now() - then });
  await ada.sees("Early 149");
  assert.equal(await ada.rows("Late 149").count(), 0);
  await setPicture(ada, { live: true, behindMs: 100 });
  await ada.sees("Late 149");
  assert.equal(await ada.rows("Early 149").count(), 0);
});
