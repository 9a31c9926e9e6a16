import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();
/** A red dot. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

test("W10.15 where the room wants removed messages to be gone, viewers see no trace of them and staff a tombstone", async () => {
  const room = "traceless";
  await venue.room(room, { removed: "gone" });
  const bob = await enter(venue.server, room, "Bob", "viewer");
  const [ada, mira] = await Promise.all([
    venue.visit({ room, name: "Ada" }),
    venue.member(room, "Mira", "moderator"),
  ]);
  await Promise.all([ada, mira].map((who) => who.isLive()));
  await say(bob, "Kept");
  const removed = await say(bob, "Rubbish");
  await Promise.all([ada, mira].map((who) => who.sees("Rubbish")));
  await mira.presses("Rubbish", "Delete");
  await ada.rows("Rubbish").waitFor({ state: "detached" });
  await mira.sees("Removed by a moderator");
  const tombstones = ada.part("tombstone");
  assert.deepEqual([await ada.texts(), await tombstones.count()], [["Kept"], 0]);

  await venue.room(room, { removed: "tombstone" });
  await tombstones.waitFor();
  await venue.room(room, { removed: "gone" });
  await tombstones.waitFor({ state: "detached" });

  await ada.page.reload();
  await ada.sees("Kept");
  await say(bob, "Afterwards");
  await ada.sees("Afterwards");
  assert.deepEqual([await ada.texts(), await tombstones.count()], [["Kept", "Afterwards"], 0]);
  const { room: staffRoom } = await enter(venue.server, room, "Hal", "host");
  assert.equal((await staffRoom.moderate({ do: "restore", id: removed }).done).status, "confirmed");
  await ada.sees("Rubbish");
  assert.deepEqual(await ada.texts(), ["Kept", "Rubbish", "Afterwards"]);
});

test("W10.16 an emote of the room is a picture that is called as it is written, and tells nobody where it is shown", async () => {
  const room = "emotes";
  await venue.room(room, { emotes: [{ name: "ourWave", url: "https://emotes.example/our-wave.png" }] });
  const referrers: (string | undefined)[] = [];
  const ada = await venue.visit({
    room,
    name: "Ada",
    prepare: (page) =>
      page.route("https://emotes.example/**", async (route) => {
        referrers.push(route.request().headers()["referer"]);
        await route.fulfill({ contentType: "image/png", body: picture });
      }),
  });
  await ada.isLive();
  await ada.says("Hello :ourWave: and :OurWave: and :heart:");
  await ada.sent("Hello");
  const emote = ada.rows("Hello").getByRole("img", { name: ":ourWave:", exact: true });
  await emote.waitFor();
  await ada.page.waitForFunction(
    (node) => node instanceof HTMLImageElement && node.naturalWidth === 1,
    await emote.elementHandle(),
  );
  assert.equal(await ada.rows("Hello").locator("img").count(), 1);
  await ada.rows("and :OurWave: and ❤️").waitFor();
  assert.deepEqual(referrers, [undefined]);
  assert.deepEqual(ada.alarms, []);

  await venue.room(room, { emotes: [] });
  await ada.says("Now :ourWave:");
  await ada.rows("Now :ourWave:").waitFor();
});
