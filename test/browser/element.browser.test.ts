import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { WebSocket } from "playwright-core";
import { enter, say } from "./crowd.ts";
import { type ForeignPage, servePage } from "./foreign-page.ts";
import { openVenue } from "./venue.ts";
import { alarmsOf, visitorAt } from "./visitor.ts";

const opened: ForeignPage[] = [];
const venue = openVenue(async () => {
  opened.push(await servePage(twoChats));
  return ["--origins", opened.map(({ origin }) => origin).join(",")];
});
after(async () => {
  await Promise.all(opened.map((page) => page.close()));
});

/** A page with two rooms beside each other. */
function twoChats(): string {
  const { url } = venue.server;
  const chats = ["left", "right"].map(
    (room) =>
      `<div id="${room}"><chorus-chat server="${url}" room="${room}" name="Ada" style="height: 24rem"></chorus-chat></div>`,
  );
  return `<script type="module" src="${url}/elements/chorus-chat.js"></script>${chats.join("")}`;
}

test("W10.19 two chats of two rooms stand on one page, and neither hears what is said in the other", async () => {
  await Promise.all([venue.room("left"), venue.room("right")]);
  const page = await (await venue.browser.newContext()).newPage();
  page.setDefaultTimeout(10_000);
  const alarms = alarmsOf(page);
  await page.goto(opened[0]?.origin ?? "");
  const left = visitorAt(page, alarms, page.locator("#left"));
  const right = visitorAt(page, alarms, page.locator("#right"));
  await Promise.all([left, right].map((chat) => chat.isLive()));
  await left.says("On the left");
  await right.says("On the right");
  await Promise.all([left.sent("On the left"), right.sent("On the right")]);
  const bob = await venue.visit({ room: "right", name: "Bob" });
  await bob.sees("On the right");
  await bob.says("From another page");
  await right.sees("From another page");
  assert.deepEqual(await left.texts(), ["On the left"]);
  assert.deepEqual(await right.texts(), ["On the right", "From another page"]);

  await left.part("pause").click();
  await left.chat.locator("[part~=pause][aria-pressed=true]").waitFor();
  assert.equal(await right.part("pause").getAttribute("aria-pressed"), "false");
  await right.part("settings-button").click();
  await right.part("settings").waitFor();
  assert.equal(await left.part("settings").count(), 0);
  await left.part("reaction").first().click();
  await left.part("reaction").first().getByText("1", { exact: true }).waitFor();
  assert.equal(
    await right.part("reaction").first().innerText(),
    await bob.part("reaction").first().innerText(),
  );
  assert.deepEqual(alarms, []);
});

test("W10.20 a chat that is taken out of its page lets go of its room, and put back in it goes on", async () => {
  const room = "moving";
  await venue.room(room);
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const sockets: WebSocket[] = [];
  const ada = await venue.visit({
    room,
    name: "Ada",
    prepare: async (page) => page.on("websocket", (socket) => sockets.push(socket)),
  });
  await ada.isLive();
  assert.equal(sockets.length, 1);
  await ada.says("Before");
  await ada.sent("Before");
  await ada.field.fill("Half written");
  const element = await ada.page.evaluateHandle(() => document.querySelector("chorus-chat"));
  const place = await element.evaluateHandle((chat) => chat?.parentElement);
  await element.evaluate((chat) => chat?.remove());
  const [socket] = sockets;
  if (socket?.isClosed() === false) await socket.waitForEvent("close");
  await say(bob, "While away");
  await place.evaluate((parent, chat) => chat !== null && parent?.append(chat), element);
  await ada.isLive();
  await ada.sees("While away");
  assert.equal(await ada.field.inputValue(), "Half written");
  await ada.field.press("Enter");
  await ada.sent("Half written");
  await say(bob, "And on");
  await ada.sees("And on");
  assert.deepEqual(await ada.texts(), ["Before", "While away", "Half written", "And on"]);
  await ada.part("reaction").first().click();
  await ada.part("reaction").first().getByText("1", { exact: true }).waitFor();
  await ada.rows("And on").hover();
  await ada.rows("And on").getByRole("toolbar").waitFor();
  assert.deepEqual(ada.alarms, []);
});

test("W10.21 another room, language or theme in the attributes is followed at once", async () => {
  await Promise.all([venue.room("first"), venue.room("second")]);
  const [bob, cleo] = await Promise.all([
    enter(venue.server, "first", "Bob", "viewer"),
    enter(venue.server, "second", "Cleo", "viewer"),
  ]);
  await say(bob, "In the first");
  await say(cleo, "In the second");
  const ada = await venue.visit({ room: "first", name: "Ada", context: { colorScheme: "light" } });
  await ada.sees("In the first");
  const set = (name: string, value: string) =>
    ada.chat.evaluate((chat, [name, value]) => chat.setAttribute(name, value), [name, value] as const);

  await set("room", "second");
  await ada.sees("In the second");
  await ada.isLive();
  await say(bob, "Heard no more");
  await ada.says("Hello there");
  await ada.sent("Hello there");
  assert.deepEqual(await ada.texts(), ["In the second", "Hello there"]);

  await set("lang", "ar");
  await ada.chat.getByRole("log", { name: "Messages" }).waitFor({ state: "detached" });
  assert.equal(await ada.log.evaluate((log) => getComputedStyle(log).direction), "rtl");
  await set("lang", "en");
  await ada.chat.getByRole("log", { name: "Messages" }).waitFor();
  assert.equal(await ada.log.evaluate((log) => getComputedStyle(log).direction), "ltr");

  const background = () => ada.log.evaluate((log) => getComputedStyle(log).backgroundColor);
  for (const [theme, colour] of [
    ["dark", "rgb(24, 24, 27)"],
    ["light", "rgb(255, 255, 255)"],
  ] as const) {
    await set("theme", theme);
    assert.equal(await background(), colour);
  }
  assert.deepEqual(await ada.texts(), ["In the second", "Hello there"]);
  assert.deepEqual(ada.alarms, []);
});

test("W10.25 W10.5 a room or a server that cannot be is said, and the next that can be is a chat", async () => {
  await venue.room("possible");
  const ada = await venue.visit({ room: "possible", name: "Ada" });
  await ada.isLive();
  const set = (name: string, value: string) =>
    ada.chat.evaluate((chat, [name, value]) => chat.setAttribute(name, value), [name, value] as const);
  for (const [name, impossible, possible] of [
    ["room", "a b!", "possible"],
    ["server", "http://", venue.server.url],
  ] as const) {
    await set(name, impossible);
    await ada.status("There is no chat here.");
    await set(name, possible);
    await ada.part("status").waitFor({ state: "hidden" });
    await ada.isLive();
  }
  await ada.says("Here it is");
  await ada.sent("Here it is");
  assert.deepEqual(ada.alarms, []);
});
