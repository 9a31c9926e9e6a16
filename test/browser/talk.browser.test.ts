import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import type { Browser } from "playwright-core";
import { type ChorusServer, openRoom, startServer, tokenFor } from "./chorus-server.ts";
import { openChromium } from "./chromium.ts";
import { visit } from "./visitor.ts";

let server: ChorusServer;
let browser: Browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), openChromium()]);
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
after(async () => {
  await browser.close();
  await server.stop();
});

test("X4.4 X4.9 two people talk and react, and each sees everything once", async () => {
  const ada = await visit(browser, { url: server.url, room: "demo", name: "Ada" });
  const bob = await visit(browser, { url: server.url, room: "demo", name: "Bob" });
  await Promise.all([ada.status("Live"), bob.status("Live")]);
  await ada.says("Hello Bob");
  await bob.sees("Hello Bob");
  assert.match(await bob.rows("Hello Bob").innerText(), /^Ada\b/);
  await bob.chooses("Hello Bob", "Reply");
  await bob.says("Hello yourself");
  const reply = ada.rows("Hello yourself");
  await reply.locator(".quote", { hasText: "Ada Hello Bob" }).waitFor();
  assert.equal(await reply.getAttribute("data-for-you"), "");
  await ada.page.locator("[data-status=confirmed]", { hasText: "Hello Bob" }).nth(1).waitFor();
  for (const { page } of [ada, bob]) assert.equal(await page.locator("#messages .row").count(), 2);

  const heart = (who: typeof ada) => who.page.locator("#reactions button").first();
  for (let tap = 0; tap < 3; tap++) await heart(ada).click();
  assert.equal(await heart(ada).locator(".own-taps").innerText(), "+3");
  await heart(bob).getByText("3", { exact: true }).waitFor();
  await bob.page.locator("#viewers", { hasText: "2 watching" }).waitFor();
  assert.deepEqual([...ada.alarms, ...bob.alarms], []);
});

test("X4.4 an author changes what they said, and everybody sees that it was changed", async () => {
  await openRoom(server, "edits", {});
  const ada = await visit(browser, { url: server.url, room: "edits", name: "Ada" });
  const bob = await visit(browser, { url: server.url, room: "edits", name: "Bob" });
  await ada.says("Helo");
  await bob.sees("Helo");
  await ada.chooses("Helo", "Edit");
  assert.equal(await ada.page.inputValue("#text"), "Helo");
  await ada.says("Hello");
  await bob.rows("Hello").locator(".edited").waitFor();
  assert.equal(await bob.page.locator("#messages .row").count(), 1);
});

test("X4.4 what the room refuses says why, and can be changed or put away", async () => {
  await openRoom(server, "refusals", {});
  const ada = await visit(browser, { url: server.url, room: "refusals", name: "Ada" });
  await ada.says("Once is enough");
  await ada.rows("Once is enough").and(ada.page.locator("[data-status=confirmed]")).waitFor();
  await ada.says("Once is enough");
  const refused = ada.page.locator("[data-status=refused]");
  await refused.getByText("Not sent. You have just said the same.").waitFor();
  await refused.getByRole("button", { name: "Change it" }).click();
  assert.equal(await ada.page.inputValue("#text"), "Once is enough");
  assert.equal(await refused.count(), 0);
});

test("X4.4 a message that waits for a moderator says so to its author and is hidden from the others", async () => {
  await openRoom(server, "moderated", { mode: "moderated" });
  const ada = await visit(browser, { url: server.url, room: "moderated", name: "Ada" });
  const bob = await visit(browser, { url: server.url, room: "moderated", name: "Bob" });
  await ada.page.locator("#hint", { hasText: "A moderator reads every message first." }).waitFor();
  await ada.says("May I?");
  await ada.rows("May I?").getByText("Waits for a moderator.").waitFor();
  await bob.status("Live");
  assert.equal(await bob.rows("May I?").count(), 0);
});

test("X4.3 a guest reads before being asked, and is the same guest after a reload", async () => {
  await openRoom(server, "guests", {});
  const ada = await visit(browser, { url: server.url, room: "guests", name: "Ada" });
  const guest = await visit(browser, { url: server.url, room: "guests" });
  await ada.says("Come in");
  await guest.sees("Come in");
  await guest.page.getByRole("button", { name: "or take part without a name" }).click();
  await guest.says("Here I am");
  await ada.rows("Here I am").getByText("Viewer 1").waitFor();
  await guest.page.reload();
  await guest.sees("Here I am");
  await guest.says("Still me");
  await ada.rows("Still me").getByText("Viewer 1").waitFor();
  await guest.page.getByRole("button", { name: "change" }).click();
  await guest.page.fill("#name", "Grace");
  await guest.page.press("#name", "Enter");
  await guest.page.locator("#as", { hasText: "Grace" }).waitFor();
  assert.equal(await guest.page.locator("[data-own]").count(), 2);
});

test("X4.1 X4.6 the page says in words why there is nothing to see", async () => {
  await openRoom(server, "members", { guests: false });
  const sentences = {
    nowhere: "There is no such room.",
    members: "This room does not let guests in.",
    "Not%20a%20room": "is not the name of a room.",
  };
  for (const [room, sentence] of Object.entries(sentences)) {
    const ada = await visit(browser, { url: server.url, room, name: "Ada" });
    await ada.status(sentence);
  }
});

test("X4.2 a token comes in the fragment, leaves the address at once, and outlives a reload of its tab", async () => {
  await openRoom(server, "tokens", { guests: false });
  const token = await tokenFor({ name: "Mira", role: "moderator", room: "tokens" });
  const mira = await visit(browser, { url: server.url, room: "tokens", token });
  const asked: string[] = [];
  mira.page.on("request", (request) => asked.push(request.url()));
  await mira.status("Live");
  assert.equal(mira.page.url(), `${server.url}/?room=tokens`);
  await mira.page.reload();
  await mira.status("Live");
  await mira.says("Still a moderator");
  await mira.rows("Still a moderator").getByText("Moderator", { exact: true }).waitFor();
  assert.ok(asked.length > 0);
  assert.deepEqual(
    asked.filter((url) => url.includes(token)),
    [],
  );
});

test("X4.2 a forged token is named as the reason, and one can go on as a guest", async () => {
  const eve = await visit(browser, { url: server.url, room: "demo", token: "e30.e30.e30", name: "Eve" });
  await eve.status("The server does not accept the token in your link.");
  await eve.page.getByRole("button", { name: "Go on as a guest" }).click();
  await eve.status("Live");
});

test("X4.8 markup, controls and overrides of direction are text among text", async () => {
  await openRoom(server, "hostile", {});
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script><b style="color:red">x</b>';
  const eve = await visit(browser, { url: server.url, room: "hostile", name: "<i>Eve</i>" });
  const bob = await visit(browser, { url: server.url, room: "hostile", name: "Bob" });
  await eve.says(markup);
  await eve.says("\u202e\u2066 gnirts \u0007\u001b[31m שלום");
  const override = bob.rows("gnirts");
  await override.waitFor();
  assert.equal(await bob.rows("onerror").locator(".text").innerText(), markup);
  assert.equal(await bob.page.locator("#messages :is(img, script, i, b)").count(), 0);
  assert.equal(await override.locator(".name").evaluate(({ tagName }) => tagName), "BDI");
  assert.equal(await override.locator(".name").innerText(), "<i>Eve</i>");
  assert.doesNotMatch(await override.locator(".text").innerText(), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  assert.deepEqual([...eve.alarms, ...bob.alarms], []);
});

test("X4.8 a text in another direction turns nothing around but itself", async () => {
  await openRoom(server, "directions", {});
  const ada = await visit(browser, { url: server.url, room: "directions", name: "שרה" });
  await ada.says("שלום, hello");
  const row = ada.rows("hello").and(ada.page.locator("[data-status=confirmed]"));
  await row.waitFor();
  const directionOf = (part: string) =>
    row.locator(part).evaluate((node) => getComputedStyle(node).direction);
  assert.equal(await directionOf(".text"), "rtl");
  assert.equal(await directionOf(".head"), "ltr");
});

test("X4.18 Enter sends what fits, unless it belongs to an input method or breaks the line", async () => {
  await openRoom(server, "keys", {});
  const ada = await visit(browser, { url: server.url, room: "keys", name: "Ada" });
  const field = ada.page.locator("#text");
  await ada.status("Live");
  await field.fill("にほん");
  await field.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  await field.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
  await field.press("Shift+Enter");
  await field.pressSequentially("ご");
  assert.equal(await field.inputValue(), "にほん\nご");
  await field.press("Enter");
  await ada.sees("にほん");
  assert.equal(await field.inputValue(), "");
  await field.fill("🦊".repeat(limits.textCharsMax - 3));
  await ada.page.getByText("3 left").waitFor();
  await field.fill("🦊".repeat(limits.textCharsMax + 2));
  await ada.page.getByText("2 too many").waitFor();
  await field.press("Enter");
  assert.equal(await ada.page.isDisabled("#send"), true);
  await field.fill("   ");
  await field.press("Enter");
  assert.equal(await ada.page.locator("#messages .row").count(), 1);
});
