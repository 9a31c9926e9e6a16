import { test } from "node:test";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { isAccessible } from "./axe.ts";
import { enter, fill, say } from "./crowd.ts";
import { wheel } from "./reader.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();

test("W10.11 axe finds nothing while people talk, read back, answer and choose", async () => {
  const room = "talking";
  await venue.room(room, { title: "The evening show" });
  await fill(venue.server, room, 60, (index) => `Number ${index}, see https://example.org/${index}`);
  const hal = await enter(venue.server, room, "Hal", "host");
  const pinned = await say(hal, "The quiz begins at nine");
  await hal.room.moderate({ do: "pin", id: pinned }).done;
  const gone = await say(hal, "A slip");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.sees("A slip");
  await hal.room.moderate({ do: "retract", id: gone, why: "off-topic" }).done;
  await ada.sees("Removed by");
  await isAccessible(ada, "live, with a pin and a tombstone");

  await ada.says("Hello @Hal :heart:");
  await ada.sent("Hello");
  await ada.presses("Hello", "Reply");
  await ada.field.fill(`@Fa${"!".repeat(450)}`);
  await isAccessible(ada, "answering, with little left");
  await ada.field.fill("@Fa");
  await ada.chat.getByRole("listbox").waitFor();
  await isAccessible(ada, "suggestions");
  await ada.field.fill("/hepl");
  await ada.field.press("Enter");
  await ada.chat.getByText("There is no command").first().waitFor();
  await isAccessible(ada, "a wrong command");
  await ada.says("/help");
  await ada.part("help").waitFor();
  await isAccessible(ada, "help");
  await ada.part("help").getByRole("button").click();
  await ada.field.fill("");

  await ada.opens("Hello");
  await isAccessible(ada, "a menu");
  await ada.page.keyboard.press("Escape");
  await ada.part("emoji-button").click();
  await ada.chat.getByRole("gridcell").first().waitFor();
  await isAccessible(ada, "the emoji picker");
  await ada.page.keyboard.press("Escape");
  await ada.part("settings-button").click();
  await ada.part("settings").waitFor();
  await isAccessible(ada, "the settings");
  await ada.page.keyboard.press("Escape");
  await wheel(ada, -600);
  await say(hal, "And another one");
  await ada.button(/1 new message/).waitFor();
  await isAccessible(ada, "reading back");
});

test("W10.11 axe finds nothing in what staff see, and in what is held or refused", async () => {
  const room = "judging";
  await venue.room(room, { mode: "moderated" });
  const mira = await venue.member(room, "Mira", "moderator");
  const ada = await venue.visit({ room, name: "Ada" });
  await Promise.all([mira, ada].map((who) => who.isLive()));
  await ada.says("May I?");
  await ada.rows("May I?").getByText("A moderator reads it first.").waitFor();
  await isAccessible(ada, "held");
  await mira.button(/^Staff log/).click();
  await mira.part("staff-log").getByText("May I?").waitFor();
  await isAccessible(mira, "a message that waits");
  await mira.part("staff-log").getByRole("button", { name: "Approve" }).click();
  await mira.sees("May I?");
  const menu = await mira.opens("May I?");
  await menu.getByRole("menuitem", { name: /^Reason:/ }).click();
  await isAccessible(mira, "a menu of staff");
  await mira.page.keyboard.press("Escape");
  await mira.chooses("May I?", "Timeout for 1 minute");
  await ada.chat.getByPlaceholder(/^A moderator muted you/).waitFor();
  await isAccessible(ada, "muted");
  await isAccessible(mira, "a notice with a way back, and the log of staff");
  await ada.page.close();
});

test("W10.11 axe finds nothing in a card", async () => {
  const room = "card";
  await venue.room(room);
  const mira = await venue.member(room, "Mira", "moderator");
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.says("Hello");
  await mira.sees("Hello");
  await mira.rows("Hello").locator("[part~=name]").click();
  await mira.part("card").waitFor();
  await isAccessible(mira, "a card");
});

test("W10.11 axe finds nothing where nobody can write", async () => {
  const room = "closed";
  await venue.room(room, { state: "scheduled" });
  const ada = await venue.visit({ room });
  await ada.status("The chat opens when the broadcast begins.");
  await isAccessible(ada, "scheduled and empty");
  await venue.room(room, { state: "live", mode: "read-only" });
  await ada.chat.getByPlaceholder("Only staff may write for now.").waitFor();
  await isAccessible(ada, "read-only");
  await venue.room(room, { state: "ended" });
  await ada.status("The broadcast has ended.");
  await isAccessible(ada, "ended");
  await venue.room(room, { state: "live", mode: "open", slowMs: 60_000 });
  await ada.part("name-form").waitFor();
  await isAccessible(ada, "a guest who is asked for a name");
  await ada.button(/^Stay /).click();
  await ada.says("One");
  await ada.part("wait").waitFor();
  await isAccessible(ada, "slow mode");
});

test("W10.11 axe finds nothing where there is no chat, in Arabic too", async () => {
  const nowhere = await venue.visit({ room: "nowhere", name: "Ada" });
  await nowhere.status("There is no chat here.");
  await isAccessible(nowhere, "no such room");
  const arabic = await venue.visit({ room: "demo", name: "سارة", query: "lang=ar" });
  await arabic.isLive();
  await arabic.says("مرحبا");
  await arabic.sent("مرحبا");
  await isAccessible(arabic, "Arabic");
  const connecting = await venue.visit({
    room: "demo",
    prepare: (page) => page.routeWebSocket(/\/v1\/connect/, () => {}),
  });
  await connecting.status("Connecting…");
  await isAccessible(connecting, "connecting");
  const old = await venue.visit({ room: "demo", prepare: refuse });
  await old.status("This page is older than its server.");
  await isAccessible(old, "refused for good");
  await venue.server.kill();
  await arabic.part("status").waitFor();
  await isAccessible(arabic, "reconnecting");
  await venue.server.startAgain();
});

function refuse(page: Visitor["page"]): Promise<void> {
  return page.routeWebSocket(/\/v1\/connect/, (socket) => void socket.close({ code: closeCodes.version }));
}
