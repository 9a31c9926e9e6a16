import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/sdk/client.ts";
import { enter, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import { sentence } from "./visitor.ts";

const venue = openVenue();

test("X4.4 X4.9 two people talk and react, and each sees everything once", async () => {
  const ada = await venue.visit({ room: "demo", name: "Ada" });
  const bob = await venue.visit({ room: "demo", name: "Bob" });
  await Promise.all([ada.isLive(), bob.isLive()]);
  await ada.says("Hello Bob");
  await bob.sees("Hello Bob");
  assert.equal(await bob.rows("Hello Bob").locator("[part~=name]").innerText(), "Ada");
  await bob.presses("Hello Bob", "Reply");
  await bob.part("purpose").filter({ hasText: "Hello Bob" }).waitFor();
  await bob.says("Hello yourself");
  const reply = ada.rows("Hello yourself");
  await reply.getByRole("button", { name: "Hello Bob" }).waitFor();
  for (const who of [ada, bob]) assert.deepEqual(await who.texts(), ["Hello Bob", "Hello yourself"]);

  const heart = (who: typeof ada) => who.part("reaction").first();
  for (let tap = 0; tap < 3; tap++) await heart(ada).click();
  await heart(ada).getByText("+3").waitFor();
  await heart(bob).getByText("3", { exact: true }).waitFor();
  await bob.page.getByText("2 watching").first().waitFor();
  assert.deepEqual([...ada.alarms, ...bob.alarms], []);
});

test("W10.12 beside a name stands whether somebody is host, moderator or on stage, and nothing beside a guest's", async () => {
  const room = "roles";
  await venue.room(room);
  const ada = await venue.visit({ room, name: "Ada" });
  await ada.isLive();
  const said = [
    ["Hal", "host", "Host"],
    ["Mira", "moderator", "Moderator"],
    ["Pat", "participant", "On stage"],
  ] as const;
  for (const [name, role, badge] of said) {
    await say(await enter(venue.server, room, name, role), `I am ${name}`);
    await ada.rows(`I am ${name}`).getByText(badge, { exact: true }).waitFor();
  }
  await ada.says("I am nobody");
  await ada.sent("I am nobody");
  assert.equal(await ada.rows("I am nobody").locator("[part~=badge]").count(), 0);
});

test("W10.13 the list is silent, and what is to be read out stands in a region of its own", async () => {
  const room = "aloud";
  await venue.room(room);
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  assert.equal(await ada.log.getAttribute("aria-live"), "off");
  const bob = await enter(venue.server, room, "Bob", "viewer");
  await say(bob, "Nobody hears this");
  await ada.sees("Nobody hears this");
  await ada.chat.evaluate((chat) => chat.setAttribute("announce", "mentions"));
  const told = ada.part("announcements");
  await told.waitFor({ state: "attached" });
  assert.equal(await told.getAttribute("aria-live"), "polite");
  await say(bob, "Nor this");
  await say(bob, "Listen, @Ada", [personId("ada")]);
  await told.filter({ hasText: sentence("Bob mentions you: Listen, @Ada") }).waitFor({ state: "attached" });
  assert.doesNotMatch((await told.textContent()) ?? "", /Nobody hears|Nor this/);
});

test("W10.24 W7.22 of what is removed nothing is left to be read out nor over the composer, but an edit of it comes back", async () => {
  const room = "withdrawn";
  await venue.room(room);
  const mod = await enter(venue.server, room, "Mod", "moderator");
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const ada = await venue.member(room, "Ada", "viewer");
  await ada.isLive();
  const told = ada.part("announcements");
  await ada.chat.evaluate((chat) => chat.setAttribute("announce", "mentions"));
  await told.waitFor({ state: "attached" });
  const secret = await say(bob, "It is under the mat, @Ada", [personId("ada")]);
  await told.filter({ hasText: "under the mat" }).waitFor({ state: "attached" });
  await ada.presses("under the mat", "Reply");
  const purpose = ada.part("purpose");
  await purpose.filter({ hasText: "under the mat" }).waitFor();
  await mod.room.moderate({ do: "retract", id: secret, why: "personal-data" }).done;
  await purpose.filter({ hasText: "A message that is gone" }).waitFor();
  assert.doesNotMatch((await ada.chat.evaluate((chat) => chat.shadowRoot?.textContent)) ?? "mat", /mat/);

  await ada.field.press("Escape");
  await ada.says("Helo");
  await ada.sent("Helo");
  await ada.presses("Helo", "Edit");
  const own = bob.room.messages.findLast(({ text }) => text === "Helo")?.id ?? null;
  assert.ok(own !== null);
  await mod.room.moderate({ do: "retract", id: own, why: "other" }).done;
  await ada.part("tombstone").nth(1).waitFor();
  await ada.says("Hello to all of you");
  await purpose.waitFor({ state: "hidden" });
  await ada.notice("This message is gone");
  assert.equal(await ada.field.inputValue(), "Hello to all of you");
});

test("X4.4 an author changes what they said, and everybody sees that it was changed", async () => {
  await venue.room("edits");
  const ada = await venue.visit({ room: "edits", name: "Ada" });
  const bob = await venue.visit({ room: "edits", name: "Bob" });
  await ada.says("Helo");
  await bob.sees("Helo");
  await ada.sent("Helo");
  await ada.presses("Helo", "Edit");
  assert.equal(await ada.field.inputValue(), "Helo");
  await ada.says("Hello");
  await bob.rows("Hello").getByText("edited").waitFor();
  assert.deepEqual(await bob.texts(), ["Hello"]);
});

test("X4.4 what the room refuses says why, and can be changed or put away", async () => {
  await venue.room("refusals");
  const ada = await venue.visit({ room: "refusals", name: "Ada" });
  await ada.says("Once is enough");
  await ada.sent("Once is enough");
  await ada.says("Once is enough");
  const refused = ada.chat.locator("[data-status=refused]");
  await refused.getByText("Not sent. You have just said the same.").waitFor();
  await refused.getByRole("button", { name: "Change it" }).click();
  assert.equal(await ada.field.inputValue(), "Once is enough");
  assert.equal(await refused.count(), 0);
  await ada.field.press("Enter");
  await refused.getByRole("button", { name: "Dismiss" }).click();
  assert.deepEqual(await ada.texts(), ["Once is enough"]);
});

test("X4.4 W12.3 a message that waits is seen by its author alone, until a moderator has approved it", async () => {
  await venue.room("moderated", { mode: "moderated" });
  const [ada, bob, mira] = await Promise.all([
    venue.visit({ room: "moderated", name: "Ada" }),
    venue.visit({ room: "moderated", name: "Bob" }),
    venue.member("moderated", "Mira", "moderator"),
  ]);
  await Promise.all([ada, bob, mira].map((who) => who.isLive()));
  await ada.chat.getByText("A moderator reads every message first.").waitFor();
  await ada.says("May I?");
  await ada.rows("May I?").getByText("A moderator reads it first.").waitFor();
  await mira.button(/1 message waits for a decision/).click();
  await mira.part("staff-log").getByText("May I?").waitFor();
  assert.deepEqual(await bob.texts(), []);
  await mira.part("staff-log").getByRole("button", { name: "Approve" }).click();
  await bob.sees("May I?");
  await ada.sent("May I?");
  assert.equal(await ada.rows("May I?").count(), 1);
});

test("X4.3 a guest reads before being asked for a name, and is the same guest after a reload", async () => {
  await venue.room("guests");
  const ada = await venue.visit({ room: "guests", name: "Ada" });
  const guest = await venue.visit({ room: "guests" });
  await ada.says("Come in");
  await guest.sees("Come in");
  await guest.button(/^Stay /).click();
  await guest.part("name-form").waitFor({ state: "hidden" });
  await guest.says("Here I am");
  await ada.rows("Here I am").getByText("Viewer 1").waitFor();
  await guest.page.reload();
  await guest.sees("Here I am");
  await guest.says("Still me");
  await ada.rows("Still me").getByText("Viewer 1").waitFor();
  const own = guest.rows("Still me");
  await own.hover();
  await own.getByRole("button", { name: "Edit" }).waitFor();
});

test("X4.3 the name that a guest chooses is kept for the next visit", async () => {
  await venue.room("names");
  const ada = await venue.visit({ room: "names", name: "Ada" });
  const guest = await venue.visit({ room: "names" });
  await guest.part("name-form").getByRole("textbox").fill("Grace");
  await guest.button("Use this name").click();
  await guest.isLive();
  await guest.says("Under my name");
  await ada.rows("Under my name").getByText("Grace").waitFor();
  await guest.page.reload();
  await guest.isLive();
  assert.equal(await guest.part("name-form").count(), 0);
  assert.match((await guest.field.getAttribute("placeholder")) ?? "", /Grace/);
});

test("X4.8 markup, controls and overrides of direction are text among text", async () => {
  await venue.room("hostile");
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script><b style="color:red">x</b>';
  const eve = await venue.visit({ room: "hostile", name: "<i>Eve</i>" });
  const bob = await venue.visit({ room: "hostile", name: "Bob" });
  await eve.says(markup);
  await eve.says("\u202e\u2066 gnirts \u0007\u001b[31m שלום");
  const override = bob.rows("gnirts");
  await override.waitFor();
  assert.equal(await bob.rows("onerror").locator("[part~=text]").innerText(), markup);
  assert.equal(await bob.log.locator("img, script, i, b").count(), 0);
  assert.equal(await override.locator("[part~=name]").innerText(), "<i>Eve</i>");
  assert.doesNotMatch(
    await override.locator("[part~=text]").innerText(),
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u,
  );
  assert.deepEqual([...eve.alarms, ...bob.alarms], []);
});
