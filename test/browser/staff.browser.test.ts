import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import { sentence } from "./visitor.ts";

const venue = openVenue();

test("W12.6 W12.7 the log of staff says who did what to whom, and leads back", async () => {
  const room = "log";
  await venue.room(room);
  const ada = await enter(venue.server, room, "Ada", "viewer");
  const [mira, hal, bob] = await Promise.all([
    venue.member(room, "Mira", "moderator"),
    venue.member(room, "Hal", "host"),
    venue.visit({ room, name: "Bob" }),
  ]);
  await Promise.all([mira, hal, bob].map((who) => who.isLive()));
  await say(ada, "Cheap watches");
  await mira.sees("Cheap watches");
  await mira.presses("Cheap watches", "Delete");
  await mira.notice("Message deleted.");
  await hal.button(/^Staff log/).click();
  const log = hal.part("staff-log");
  await log.getByText(sentence("Mira deleted a message of Ada.")).waitFor();
  await log.getByRole("button", { name: "Restore" }).click();
  await log.getByText(sentence("Hal restored a message of Ada.")).waitFor();
  await bob.sees("Cheap watches");
  await mira.chooses("Cheap watches", "Timeout for 10 minutes");
  await log.getByText(sentence("Mira timed out Ada for 10 minutes.")).waitFor();
  await log.getByRole("button", { name: "End the timeout" }).click();
  await log.getByText(sentence("Hal lifted the timeout of Ada.")).waitFor();
  assert.equal(await bob.part("staff-log").count(), 0);
});

test("W12.8 W12.4 the card of a person shows what they said, and hides them for this reader alone", async () => {
  const room = "card";
  await venue.room(room);
  const ada = await enter(venue.server, room, "Ada", "viewer");
  const [bob, cleo] = await Promise.all([
    venue.visit({ room, name: "Bob" }),
    venue.visit({ room, name: "Cleo" }),
  ]);
  await Promise.all([bob, cleo].map((who) => who.isLive()));
  await say(ada, "First");
  await say(ada, "Second");
  await bob.sees("Second");
  await bob.rows("Second").locator("[part~=name]").click();
  const card = bob.part("card");
  await card.getByRole("heading", { name: "Ada" }).waitFor();
  assert.deepEqual(
    await card
      .getByRole("listitem")
      .getByText(/First|Second/)
      .allInnerTexts(),
    ["Second", "First"],
  );
  await card.getByRole("button", { name: /^Ignore/ }).click();
  await bob.notice("You no longer see what");
  assert.deepEqual(await bob.texts(), []);
  await bob.page.keyboard.press("Escape");
  await card.waitFor({ state: "hidden" });
  assert.deepEqual(await cleo.texts(), ["First", "Second"]);
});

test("W12.2 a moderator bans from the card with a note, after being asked once more", async () => {
  const room = "card-ban";
  await venue.room(room);
  const [mira, hal, ada] = await Promise.all([
    venue.member(room, "Mira", "moderator"),
    venue.member(room, "Hal", "host"),
    venue.visit({ room, name: "Ada" }),
  ]);
  await Promise.all([mira, hal, ada].map((who) => who.isLive()));
  await ada.says("Buy my coins");
  await mira.sees("Buy my coins");
  await mira.rows("Buy my coins").locator("[part~=name]").click();
  const card = mira.part("card");
  await card.getByLabel("Reason").selectOption("spam");
  await card.getByLabel("Note for other staff").fill("third time");
  await card.getByLabel("Delete their messages too").check();
  await card.getByRole("button", { name: "Ban", exact: true }).click();
  assert.equal(await ada.page.getByText("banned").count(), 0);
  await card.getByRole("button", { name: "Confirm" }).click();
  await ada.status("A moderator banned you from this chat (spam).");
  await hal.sees("Removed by a moderator");
  await hal.button(/^Staff log/).click();
  await hal.part("staff-log").getByText(sentence("Mira banned Ada (spam). “third time”")).waitFor();
  await card.getByRole("button", { name: "Unban" }).click();
  await ada.part("status").getByRole("button", { name: "Enter again" }).click();
  await ada.isLive();
});

test("W12.5 whoever is ignored stays ignored over a reload, until that is taken back", async () => {
  const room = "ignored";
  await venue.room(room);
  const [ada, bob] = await Promise.all([
    venue.visit({ room, name: "Ada" }),
    venue.visit({ room, name: "Bob" }),
  ]);
  await Promise.all([ada, bob].map((who) => who.isLive()));
  await bob.says("Look at me");
  await ada.says("I look elsewhere");
  await ada.sees("Look at me");
  await ada.chooses("Look at me", "Ignore \u2068Bob\u2069");
  await ada.notice("You no longer see what");
  assert.deepEqual(await ada.texts(), ["I look elsewhere"]);
  await ada.page.reload();
  await ada.sees("I look elsewhere");
  await bob.says("Still here");
  await bob.sent("Still here");
  await ada.says("Is it quiet now?");
  await ada.sent("Is it quiet now?");
  assert.deepEqual(await ada.texts(), ["I look elsewhere", "Is it quiet now?"]);
  await ada.says("/unignore @Bob");
  await ada.sees("Look at me");
  await ada.sees("Still here");
});
