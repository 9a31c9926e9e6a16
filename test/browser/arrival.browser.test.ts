import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenFor } from "./chorus-server.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

test("X4.1 the server's own address leads to a room, and takes the token of a link along", async () => {
  await venue.room("finale", { guests: false });
  const { url } = venue.server;
  const mira = await venue.member("demo", "Mira", "viewer");
  await mira.page.goto(url);
  assert.equal(mira.page.url(), `${url}/rooms/demo`);
  const token = await tokenFor({ name: "Mira", role: "viewer", room: "finale" });
  await mira.page.goto(`${url}/?room=finale&lang=ar#token=${token}`);
  await mira.isLive();
  assert.equal(mira.page.url(), `${url}/rooms/finale?lang=ar`);
});

test("X4.1 X4.6 the page says in words why there is nothing to see", async () => {
  await venue.room("members", { guests: false });
  const sentences = {
    nowhere: "There is no chat here.",
    members: "This chat is not open to you. Sign in, or ask its host for an invitation.",
  };
  for (const [room, sentence] of Object.entries(sentences)) {
    const ada = await venue.visit({ room, name: "Ada" });
    await ada.status(sentence);
  }
  const lost = await venue.visit({ room: "Not%20a%20room" });
  assert.match(await lost.page.innerText("body"), /The request is malformed.*room/);
});

test("X4.2 a token comes in the fragment, leaves the address at once, and outlives a reload of its tab", async () => {
  await venue.room("tokens", { guests: false });
  const token = await tokenFor({ name: "Mira", role: "moderator", room: "tokens" });
  const asked: string[] = [];
  const mira = await venue.visit({ room: "tokens", token });
  mira.page.on("request", (request) => asked.push(request.url()));
  await mira.isLive();
  assert.equal(mira.page.url(), `${venue.server.url}/rooms/tokens`);
  await mira.page.reload();
  await mira.isLive();
  await mira.says("Still a moderator");
  await mira.rows("Still a moderator").getByText("Moderator", { exact: true }).waitFor();
  assert.ok(asked.length > 0);
  assert.deepEqual(
    asked.filter((url) => url.includes(token)),
    [],
  );
});

test("X4.2 a link that is opened where its page already is brings its token", async () => {
  await venue.room("late", { guests: false });
  const mira = await venue.visit({ room: "late" });
  await mira.status(/not open to you/);
  const token = await tokenFor({ name: "Mira", role: "viewer", room: "late" });
  await mira.page.evaluate((hash) => (location.hash = hash), `token=${token}`);
  await mira.isLive();
  assert.equal(mira.page.url(), `${venue.server.url}/rooms/late`);
});

test("X4.2 a forged token is named as the reason, and does not keep anybody out who would be let in without it", async () => {
  const eve = await venue.visit({ room: "demo", token: "e30.e30.e30", name: "Eve" });
  await eve.status("The server does not know you. Sign in again.");
  await eve.part("status").getByRole("button", { name: "Reload", exact: true }).click();
  await eve.isLive();
  await eve.says("As a guest");
  await eve.sent("As a guest");
  await eve.page.reload();
  await eve.isLive();
});

test("X1.313 the page looks as its chat does, also after a reload, whatever its address asks for", async () => {
  const ada = await venue.visit({ room: "demo", name: "Ada", query: "theme=light" });
  const root = ada.page.locator("html");
  const looks = () => root.evaluate(({ dataset }) => [dataset["theme"], dataset["size"]]);
  await ada.isLive();
  assert.deepEqual(await looks(), ["light", "normal"]);
  await ada.button("Chat settings").click();
  const settings = ada.chat.getByRole("dialog", { name: "Chat settings" });
  await settings.getByRole("radio", { name: "Dark", exact: true }).check();
  await settings.getByRole("radio", { name: "Large", exact: true }).check();
  assert.deepEqual(await looks(), ["dark", "large"]);
  await ada.page.reload();
  await ada.isLive();
  assert.deepEqual(await looks(), ["dark", "large"]);
  assert.equal(await root.evaluate((html) => getComputedStyle(html).colorScheme), "dark");
});
