import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { tokenFor } from "./chorus-server.ts";
import { faintTexts } from "./contrast.ts";
import { fill } from "./crowd.ts";
import { dress } from "./dress.ts";
import { openVenue } from "./venue.ts";

const venue = openVenue();

test("X4.15 X4.16 X4.17 nothing is wider than the screen, too small to hit or too faint to read", async () => {
  const room = "looks";
  await venue.room(room, { title: `A title ${"without end ".repeat(8)}`.trim() });
  await fill(venue.server, room, 16, (index) => (index % 2 === 0 ? "W".repeat(500) : "An ordinary remark."));
  const token = await tokenFor({ name: "M".repeat(40), role: "moderator", room });
  const context = { viewport: { width: 320, height: 640 } };
  const mira = await venue.visit({ room, token, context });
  await mira.isLive();
  await mira.says("Buy https://example.org/a/very/long/address/that/goes/on/and/on @nobody :heart:");
  await mira.sent("Buy");
  await mira.presses("Buy", "Reply");
  await mira.says("An answer");
  await mira.sent("An answer");
  await mira.button(/^Staff log/).click();
  await mira.opens("An answer");
  for (const [width, textSize] of [
    [320, "100%"],
    [640, "200%"],
    [1280, "100%"],
  ] as const) {
    await mira.page.evaluate((size) => (document.documentElement.style.fontSize = size), textSize);
    for (const colorScheme of ["light", "dark"] as const) {
      await mira.page.setViewportSize({ width, height: 640 });
      await dress(mira, colorScheme);
      const where = `${width} px, text at ${textSize}, ${colorScheme}`;
      assert.deepEqual(await tooWide(mira.page), [], where);
      assert.deepEqual(await tooSmall(mira.page), [], where);
      assert.deepEqual(await faintTexts(mira.page), [], where);
    }
  }
});

test("X4.17 W3.1 when the system turns dark, names do too", async () => {
  await venue.room("dusk");
  await fill(venue.server, "dusk", 12, (index) => `Number ${index}.`);
  const ada = await venue.visit({ room: "dusk", name: "Ada", context: { colorScheme: "light" } });
  await ada.sees("Number 11.");
  await ada.page.emulateMedia({ colorScheme: "dark" });
  await ada.page.waitForFunction(() => matchMedia("(prefers-color-scheme: dark)").matches);
  await ada.log.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  assert.deepEqual(await faintTexts(ada.page), []);
});

test("X4.16 everything that can be pressed or filled in has a name", async () => {
  const ada = await venue.visit({ room: "demo", name: "Ada" });
  await ada.says("Hello");
  await ada.sent("Hello");
  await ada.rows("Hello").hover();
  await ada.rows("Hello").getByRole("toolbar").waitFor();
  await ada.page.getByRole("heading", { name: "Demo", exact: true }).waitFor();
  const tree = await ada.page.locator("body").ariaSnapshot();
  assert.doesNotMatch(tree, /^\s*- (button|textbox|combobox|link|dialog|toolbar)(?! ")/m);
  for (const part of [
    "main",
    'heading "Demo"',
    'region "Chat"',
    'log "Messages"',
    'textbox "Your message"',
    'toolbar "Reactions"',
  ]) {
    assert.ok(tree.includes(`- ${part}`), `${part} is missing in\n${tree}`);
  }
});

test("W10.9 with the keyboard of a phone open, the newest message and the composer are in sight", async () => {
  const room = "phone";
  await venue.room(room);
  await fill(venue.server, room, 30, (index) => `Number ${index}.`);
  const context = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const ada = await venue.visit({ room, name: "Ada", context });
  await ada.isLive();
  await ada.says("The newest one");
  await ada.sent("The newest one");
  await ada.field.tap();
  await ada.page.setViewportSize({ width: 390, height: 420 });
  const newest = ada.rows("The newest one");
  await ada.page.waitForFunction(
    ([row, field]) => {
      const [above, below] = [row, field].map((node) => node?.getBoundingClientRect());
      if (above === undefined || below === undefined) return false;
      return above.top >= 0 && above.bottom <= below.top + 1 && below.bottom <= innerHeight;
    },
    await Promise.all([newest.elementHandle(), ada.field.elementHandle()]),
  );
  const hit = await newest.locator("[part~=text]").evaluate((text) => {
    const { left, top, height } = text.getBoundingClientRect();
    const root = text.getRootNode();
    return root instanceof ShadowRoot && text.contains(root.elementFromPoint(left + 3, top + height / 2));
  });
  assert.ok(hit, "something lies over the newest message");
  await ada.field.pressSequentially("Written with a thumb");
  await ada.part("send").tap();
  await ada.sent("Written with a thumb");
});

test("X4.8 W10.10 in Arabic the chat is the mirror image, and each name and text keeps its own direction", async () => {
  const room = "arabic";
  await venue.room(room);
  const [sara, ada] = await Promise.all([
    venue.visit({ room, name: "سارة ‎X", query: "lang=ar" }),
    venue.visit({ room, name: "Ada" }),
  ]);
  await Promise.all([sara, ada].map((who) => who.isLive()));
  await sara.says("مرحبا hello");
  await ada.says("Hello, مرحبا!");
  const who = [sara, ada];
  for (const one of who) await Promise.all([one.sees("مرحبا hello"), one.sees("Hello, مرحبا!")]);
  for (const one of who) {
    assert.equal(await directionOf(one.rows("مرحبا hello").locator("[part~=text]")), "rtl");
    assert.equal(await directionOf(one.rows("Hello, مرحبا!").locator("[part~=text]")), "ltr");
  }
  for (const text of ["مرحبا hello", "Hello, مرحبا!"]) {
    assert.equal(await directionOf(sara.rows(text)), "rtl");
    assert.equal(await directionOf(ada.rows(text)), "ltr");
  }
  for (const [one, mirrored] of [
    [sara, true],
    [ada, false],
  ] as const) {
    const [field, send] = await Promise.all([one.field.boundingBox(), one.part("send").boundingBox()]);
    assert.ok(field !== null && send !== null);
    assert.equal(send.x < field.x, mirrored);
    const [name, row] = await Promise.all([
      one.rows("Hello, مرحبا!").locator("[part~=name]").boundingBox(),
      one.rows("Hello, مرحبا!").boundingBox(),
    ]);
    assert.ok(name !== null && row !== null);
    assert.equal(name.x + name.width / 2 > row.x + row.width / 2, mirrored);
  }
  assert.deepEqual(await tooWide(sara.page), []);
  await sara.rows("Hello,").hover();
  assert.doesNotMatch(await sara.chat.ariaSnapshot(), /Messages|Your message|React with|Send/);
});

function directionOf(of: ReturnType<Page["locator"]>): Promise<string> {
  return of.evaluate((node) => getComputedStyle(node).direction);
}

/** What reaches over the edges of the screen, or has to be scrolled sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const chat = document.querySelector("chorus-chat")?.shadowRoot;
    const parts = [...(chat?.querySelectorAll<HTMLElement>("[part]") ?? [])];
    return [document.documentElement, ...document.querySelectorAll<HTMLElement>("header, main"), ...parts]
      .filter((node) => {
        const { left, right, width } = node.getBoundingClientRect();
        const scrolls = node.matches("html, header, main, [part~=log], [part~=message], [part~=desk]");
        if (width === 0 || getComputedStyle(node).position === "absolute") return false;
        return right > innerWidth + 1 || left < -1 || (scrolls && node.scrollWidth > node.clientWidth);
      })
      .map((node) => `${node.tagName} ${node.getAttribute("part") ?? node.id} ${node.scrollWidth}`);
  });
}

/** WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for what stands in a line of text. */
function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const chat = document.querySelector("chorus-chat")?.shadowRoot;
    const pressed = "button, input, select, textarea";
    return [
      ...document.querySelectorAll<HTMLElement>(pressed),
      ...(chat?.querySelectorAll<HTMLElement>(pressed) ?? []),
    ]
      .filter(
        (node) => node.checkVisibility({ opacityProperty: true }) && node.closest("[part~=text]") === null,
      )
      .map((node) => ({ node, box: node.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 23.9 || box.height < 23.9))
      .map(({ node, box }) => `${node.outerHTML.slice(0, 120)} ${box.width} ${box.height}`);
  });
}
