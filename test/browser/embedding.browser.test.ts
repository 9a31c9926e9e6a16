import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fill } from "./crowd.ts";
import { type ForeignPage, servePage } from "./foreign-page.ts";
import { sightOf, wheel } from "./reader.ts";
import { openVenue } from "./venue.ts";
import { alarmsOf, visitorAt } from "./visitor.ts";

let friend: ForeignPage;
let stranger: ForeignPage;
let tagged: ForeignPage;
const opened: ForeignPage[] = [];
const venue = openVenue(async () => {
  [friend, stranger, tagged] = await Promise.all([
    servePage(framing),
    servePage(framing),
    servePage(tagging),
  ]);
  opened.push(friend, stranger, tagged);
  return ["--origins", `${friend.origin},${tagged.origin}`];
});
after(async () => {
  await Promise.all(opened.map((page) => page.close()));
});

/** A page with a frame, and what it does with what the frame tells it. */
function framing(path: string): string {
  return `<iframe src="${venue.server.url}/embed${path}" style="height: 20rem"></iframe>
    <script>
      addEventListener("message", ({ data, origin }) => {
        document.documentElement.dataset.told = JSON.stringify({ ...data, origin });
      });
    </script>`;
}

function tagging(path: string): string {
  const { url } = venue.server;
  const tag =
    path === "/bare"
      ? `<chorus-chat server="${url}/" room="bare" name="Ada"></chorus-chat>`
      : `<chorus-chat server="${url}" room="tags" name="Ada" style="height: 24rem"></chorus-chat>`;
  return `<script type="module" src="${url}/elements/chorus-chat.js"></script>${tag}`;
}

test("X1.220 W10.7 a frame on a page that is let in talks, and tells the page how high it would like to be", async () => {
  await venue.room("frames");
  const page = await (await venue.browser.newContext()).newPage();
  page.setDefaultTimeout(10_000);
  await page.addInitScript(() => localStorage.setItem("chorus:name", "Ada"));
  await page.goto(`${friend.origin}/frames`);
  const ada = visitorAt(page, alarmsOf(page), page.frameLocator("iframe"));
  const bob = await venue.visit({ room: "frames", name: "Bob" });
  await Promise.all([ada, bob].map((who) => who.isLive()));
  await ada.says("From a frame");
  await bob.sees("From a frame");
  await bob.says("To a frame");
  await ada.sees("To a frame");
  await page.waitForFunction(() => document.documentElement.dataset["told"] !== undefined);
  const message: unknown = JSON.parse(
    await page.evaluate(() => document.documentElement.dataset["told"] ?? ""),
  );
  assert.ok(typeof message === "object" && message !== null && "height" in message);
  assert.deepEqual(message, {
    chorus: "resize",
    room: "frames",
    height: message.height,
    origin: venue.server.url,
  });
  assert.ok(Number(message.height) >= 300);
  assert.deepEqual([...ada.alarms, ...bob.alarms], []);
});

test("X1.220 a page that is not let in gets no chat into its frame", async () => {
  await staysEmpty(`${stranger.origin}/frames`);
});

test("X1.220 a room that names who may frame it lets in those, and nobody else", async () => {
  const room = "named";
  await venue.room(room, { framedBy: [stranger.origin] });
  const page = await (await venue.browser.newContext()).newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${stranger.origin}/${room}`);
  const ada = visitorAt(page, alarmsOf(page), page.frameLocator("iframe"));
  await ada.isLive();
  await ada.says("Let in by the room");
  await ada.sent("Let in by the room");
  await staysEmpty(`${friend.origin}/${room}`);
  await venue.room(room, { framedBy: [] });
  await staysEmpty(`${stranger.origin}/${room}`);
});

test("X1.200 W10.8 one script and one tag make a chat on a page of another origin", async () => {
  await venue.room("tags");
  const page = await (await venue.browser.newContext()).newPage();
  page.setDefaultTimeout(10_000);
  const alarms = alarmsOf(page);
  await page.goto(tagged.origin);
  const ada = visitorAt(page, alarms);
  const bob = await venue.visit({ room: "tags", name: "Bob" });
  await Promise.all([ada, bob].map((who) => who.isLive()));
  await ada.says("From a tag");
  assert.equal(await bob.rows("From a tag").locator("[part~=name]").innerText(), "Ada");
  await bob.says("To a tag");
  await ada.sees("To a tag");
  await ada.part("reaction").first().click();
  await bob.part("reaction").first().getByText("1", { exact: true }).waitFor();
  await ada.part("emoji-button").click();
  await ada.chat.getByRole("dialog", { name: "Choose an emoji" }).getByRole("gridcell").first().waitFor();
  assert.deepEqual(alarms, []);
});

test("W10.23 a tag without a height or a language, and a slash behind its server, is a chat in the language of the page", async () => {
  await venue.room("bare");
  await fill(venue.server, "bare", 40, (index) => `Number ${index}.`);
  const page = await (await venue.browser.newContext({ locale: "ar" })).newPage();
  page.setDefaultTimeout(10_000);
  const ada = visitorAt(page, alarmsOf(page));
  await page.goto(`${tagged.origin}/bare`);
  await ada.isLive();
  await ada.chat.getByRole("log", { name: "Messages" }).waitFor();
  await ada.says("From a bare tag");
  await ada.sent("From a bare tag");
  assert.ok((await sightOf(ada)).length > 5);
  /* What the chat asks of the server by HTTP finds it too. */
  const beginning = page.getByText("This is where the chat begins.");
  for (let turn = 0; turn < 20 && !(await beginning.isVisible()); turn++) await wheel(ada, -100_000);
  await beginning.waitFor();
});

/** The browser refuses the frame on this page, and says so in its console. */
async function staysEmpty(url: string): Promise<void> {
  const page = await (await venue.browser.newContext()).newPage();
  const blocked = page.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
  await page.goto(url);
  await blocked;
  assert.equal(await page.frameLocator("iframe").locator("chorus-chat").count(), 0);
}
