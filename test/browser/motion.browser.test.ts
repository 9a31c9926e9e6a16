import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { faintTexts } from "./contrast.ts";
import { enter, fill, say } from "./crowd.ts";
import { openVenue } from "./venue.ts";
import type { Visitor } from "./visitor.ts";

const venue = openVenue();

test("W10.17 however often reactions are tapped there is one canvas with one worker, over the list alone", async () => {
  await venue.room("taps");
  const ada = await venue.visit({ room: "taps", name: "Ada" });
  await ada.isLive();
  const canvas = ada.chat.locator("canvas");
  assert.deepEqual([await canvas.count(), ada.page.workers().length], [0, 0]);
  const started = ada.page.waitForEvent("worker");
  for (let tap = 0; tap < 10; tap++)
    await ada
      .part("reaction")
      .nth(tap % 2)
      .click();
  await started;
  await ada.part("reaction").first().getByText("5", { exact: true }).waitFor();
  await ada.part("reaction").nth(1).getByText("5", { exact: true }).waitFor();
  assert.deepEqual([await canvas.count(), ada.page.workers().length], [1, 1]);
  const [over, list] = await Promise.all([canvas.boundingBox(), ada.log.boundingBox()]);
  assert.ok(over !== null && list !== null);
  assert.ok(over.y >= list.y && over.y + over.height <= list.y + list.height + 1);
  assert.ok(over.x >= list.x && over.x + over.width <= list.x + list.width + 1);
  assert.equal(await canvas.evaluate((node) => getComputedStyle(node).pointerEvents), "none");
  assert.deepEqual(ada.alarms, []);
});

test("W10.17 who wants less motion sees the counts, and nothing flies", async () => {
  await venue.room("rest");
  const [ada, bob] = await Promise.all([
    venue.visit({ room: "rest", name: "Ada", context: { reducedMotion: "reduce" } }),
    venue.visit({ room: "rest", name: "Bob", prepare: wantsNoMotion }),
  ]);
  await Promise.all([ada, bob].map((who) => who.isLive()));
  for (const who of [ada, bob]) await who.part("reaction").first().click();
  for (const who of [ada, bob]) {
    await who.part("reaction").first().getByText("2", { exact: true }).waitFor();
    assert.deepEqual(who.page.workers(), []);
    assert.ok(await neverPainted(who), "the canvas was started");
  }
});

test("W10.18 with forced colours everything that can be pressed has an edge, and every text its contrast", async () => {
  const room = "forced";
  await venue.room(room);
  await fill(venue.server, room, 6, (index) => `Number ${index}.`);
  await say(await enter(venue.server, room, "Hal", "host"), "Welcome");
  const mira = await venue.member(room, "Mira", "moderator", { context: { forcedColors: "active" } });
  await mira.sees("Welcome");
  await mira.isLive();
  const colours = await mira
    .part("name")
    .evaluateAll((names) => names.map((name) => getComputedStyle(name).color));
  assert.equal(new Set(colours).size, 1, "names have colours of their own");
  await mira.part("pause").click();
  await mira.part("settings-button").click();
  await mira.part("settings").waitFor();
  assert.deepEqual(await edgeless(mira), []);
  assert.deepEqual(await faintTexts(mira.page), []);
  await mira.page.keyboard.press("Escape");
  await mira.opens("Welcome");
  assert.deepEqual(await edgeless(mira), []);
  assert.deepEqual(await faintTexts(mira.page), []);
});

function wantsNoMotion(page: Page): Promise<unknown> {
  return page.addInitScript(() => localStorage.setItem("chorus-preferences", '{"motion":false}'));
}

/** A canvas that was given to a worker, or has been drawn on, has no such context any more or a size of its own. */
function neverPainted({ chat }: Visitor): Promise<boolean> {
  return chat.evaluate((element) => {
    const canvas = element.shadowRoot?.querySelector("canvas") ?? null;
    if (canvas === null) return true;
    return canvas.width === 300 && canvas.height === 150;
  });
}

/** What can be pressed or is a badge, is no word in a line, and has no edge of its own nor stands in a box that has one. */
function edgeless({ chat }: Visitor): Promise<string[]> {
  return chat.evaluate((element) => {
    const pressed =
      "button, select, textarea, [part~=badge], [role=dialog], [role=menu], [role=toolbar].actions";
    return [...(element.shadowRoot?.querySelectorAll<HTMLElement>(pressed) ?? [])]
      .filter((node) => node.checkVisibility() && !node.matches(".name, .mention, .quote"))
      .filter((node) => {
        /* A strip has that of what it heads. */
        const strip = node.matches("[aria-expanded]:first-child");
        const box = strip ? node.parentElement : node.closest(".actions, [role=menu], .composer-box");
        return [node, box ?? node].every((edged) => {
          const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(edged);
          return (
            borderTopWidth === "0px" || borderTopStyle === "none" || /^rgba.*, 0\)$/.test(borderTopColor)
          );
        });
      })
      .map((node) => node.outerHTML.slice(0, 120));
  });
}
