import assert from "node:assert/strict";
import { test } from "node:test";
import { tokenFor } from "./chorus-server.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

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

test("X4.2 a forged token is named as the reason", async () => {
  const eve = await venue.visit({ room: "demo", token: "e30.e30.e30", name: "Eve" });
  await eve.status("The server does not know you. Sign in again.");
});
