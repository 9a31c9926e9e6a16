import assert from "node:assert/strict";
import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { personId } from "@chorus/sdk/client.ts";
import { tokenFor } from "./chorus-server.ts";
import { enter, say } from "./crowd.ts";
import { aRoad } from "./road.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

test("W10.5 X4.7 a room that takes no messages says why, and lets in what is said later", async () => {
  const room = "phases";
  await venue.room(room, { state: "scheduled" });
  const ada = await venue.visit({ room, name: "Ada" });
  const host = await enter(venue.server, room, "Hal", "host");
  await ada.status("The chat opens when the broadcast begins.");
  assert.equal(await ada.field.isEditable(), false);
  await say(host, "We begin at nine");
  await ada.sees("We begin at nine");

  await venue.room(room, { state: "live" });
  await ada.part("status").waitFor({ state: "hidden" });
  await ada.says("At last");
  await ada.sent("At last");

  await venue.room(room, { mode: "read-only" });
  await ada.chat.getByPlaceholder("Only staff may write for now.").waitFor();
  assert.equal(await ada.field.isEditable(), false);
  await say(host, "Please listen");
  await ada.sees("Please listen");

  await venue.room(room, { mode: "open", state: "ended" });
  await ada.status("The broadcast has ended. You can still read the chat.");
  assert.deepEqual(await ada.texts(), ["We begin at nine", "At last", "Please listen"]);

  await venue.room(room, { state: "archived" });
  await ada.status("This chat is closed for good.");
  assert.equal(await ada.field.isEditable(), false);
});

test("W10.5 an empty room says that nobody has said anything", async () => {
  await venue.room("empty");
  const ada = await venue.visit({ room: "empty", name: "Ada" });
  await ada.chat.getByText("Nobody has said anything yet. Be the first!").waitFor();
  await ada.says("First!");
  await ada.chat.getByText("Nobody has said anything yet").waitFor({ state: "hidden" });
});

test("W10.5 X4.6 while there is no connection the chat says so, keeps what was said, and goes on by itself", async () => {
  const room = "offline";
  await venue.room(room);
  const [ada, bob] = await Promise.all([
    venue.visit({ room, name: "Ada" }),
    venue.visit({ room, name: "Bob" }),
  ]);
  await Promise.all([ada, bob].map((who) => who.isLive()));
  await ada.says("Here");
  await bob.sees("Here");
  const context = ada.page.context();
  await context.setOffline(true);
  /* A socket that is open outlives that; its server does not. */
  await venue.server.kill();
  await ada.status("You are offline. What you write is sent when you are back.");
  await bob.status("Connection lost. Trying again");
  await ada.says("Said without a network");
  await ada.rows("Said without a network").getByText("Waiting for the connection…").waitFor();
  await venue.server.startAgain();
  await bob.comesBack();
  assert.deepEqual(await bob.texts(), ["Here"]);
  await context.setOffline(false);
  await ada.comesBack();
  await bob.sees("Said without a network");
  assert.deepEqual(await ada.texts(), ["Here", "Said without a network"]);
});

test("W10.5 a chat that finds no server says that it is connecting", async () => {
  const ada = await venue.visit({
    room: "demo",
    name: "Ada",
    prepare: (page) => page.routeWebSocket(/\/v1\/connect/, () => {}),
  });
  await ada.status("Connecting…");
});

test("W10.5 whoever was banned is told at the door, and enters once that is lifted", async () => {
  const room = "door";
  await venue.room(room);
  const mod = await enter(venue.server, room, "Mod", "moderator");
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  await ada.says("Rubbish");
  await ada.sent("Rubbish");
  const { room: staffRoom } = mod;
  const by = personId("ada");
  await staffRoom.moderate({ do: "ban", person: by, why: "spam" }).done;
  await ada.status("A moderator banned you from this chat");
  await ada.page.reload();
  await ada.status("A moderator banned you from this chat");
  await staffRoom.moderate({ do: "lift", person: by, what: "ban" }).done;
  await ada.button("Enter again").click();
  await ada.isLive();
  await ada.sees("Rubbish");
});

test("W10.5 a connection that is refused for good is named with what can be done about it", async () => {
  const refusals = [
    [closeCodes.version, "This page is older than its server. Reload it to go on."],
    [closeCodes.forbiddenOrigin, "This chat may not be shown on this site."],
    [closeCodes.malformed, "The server has ended the connection. Reload the page to try again."],
  ] as const;
  for (const [code, words] of refusals) {
    const ada = await venue.visit({
      room: "demo",
      name: "Ada",
      prepare: (page) => page.routeWebSocket(/\/v1\/connect/, (socket) => void socket.close({ code })),
    });
    await ada.status(words);
    const reload = ada.part("status").getByRole("button", { name: "Reload" });
    assert.equal(await reload.count(), code === closeCodes.forbiddenOrigin ? 0 : 1);
  }
});

test("W10.26 that a sign-in has run out is said until somebody is let in again, and not of a later outage", async () => {
  const room = "sign-in";
  await venue.room(room);
  const road = aRoad();
  const ada = await venue.visit({
    room,
    name: "Ada",
    prepare: road.lay,
  });
  await ada.isLive();
  await ada.chat.evaluate(signIn);
  await ada.status("Your sign-in has run out. Open this page again.");
  const token = await tokenFor({ name: "Ada", role: "viewer", room });
  await ada.page.evaluate((token) => {
    document.documentElement.dataset["token"] = token;
    dispatchEvent(new Event("online"));
  }, token);
  await ada.part("status").waitFor({ state: "hidden" });
  await ada.isLive();
  await road.close();
  await ada.status("Connection lost");
});

/** In the page: the chat has the token that the page has, if any. */
function signIn(chat: Element): void {
  Object.assign(chat, { token: () => document.documentElement.dataset["token"] });
}
