import assert from "node:assert/strict";
import type { Visitor } from "./visitor.ts";

/** The rows that stand wholly in sight, from the top to the bottom, and where. */
export type Sight = readonly { readonly key: string; readonly text: string; readonly top: number }[];

/** By how much a row may move that stays where it is: half a line is a jump, a rounding is none. */
const stillPx = 2;

export function sightOf({ log }: Visitor): Promise<Sight> {
  return log.evaluate((node) => {
    const frame = node.getBoundingClientRect();
    return [...node.querySelectorAll<HTMLElement>("[part~=message]")].flatMap((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      if (top < frame.top || bottom > frame.bottom) return [];
      const text = row.querySelector("[part~=text]")?.textContent ?? "";
      return [{ key: row.dataset["key"] ?? "", text, top }];
    });
  });
}

/** What was in the middle of sight is still where it was. */
export async function standsStill(visitor: Visitor, before: Sight, where: string): Promise<void> {
  const middle = before[Math.floor(before.length / 2)];
  assert.ok(middle !== undefined, `${where}: there was nothing in sight`);
  const top = await topOf(visitor, middle.key);
  assert.ok(top !== null, `${where}: "${middle.text}" has no row any more`);
  const moved = top - middle.top;
  assert.ok(Math.abs(moved) <= stillPx, `${where}: "${middle.text}" moved by ${moved} px`);
}

export function topOf({ log }: Visitor, key: string): Promise<number | null> {
  return log.evaluate(
    (node, key) => node.querySelector(`[data-key="${CSS.escape(key)}"]`)?.getBoundingClientRect().top ?? null,
    key,
  );
}

/** Turns the wheel over the list, and waits until it stands still. */
export async function wheel({ page, log }: Visitor, down: number): Promise<void> {
  await log.hover({ position: { x: 2, y: 40 } });
  await page.mouse.wheel(0, down);
  await log.evaluate(atRest);
}

/** CSS pixels from the end of the list. */
/** As it is seen: between two frames new rows are there that nobody has been shown yet. */
export function toEnd({ log }: Visitor): Promise<number> {
  return log.evaluate(
    (node) =>
      new Promise<number>((tell) => {
        const look = (frames: number): void => {
          const distance = node.scrollHeight - node.scrollTop - node.clientHeight;
          if (distance <= 1 || frames === 0) tell(distance);
          else requestAnimationFrame(() => setTimeout(look, 0, frames - 1));
        };
        look(30);
      }),
  );
}

export function rowCount({ part }: Visitor): Promise<number> {
  return part("message").count();
}

/** What is said from the end up to the beginning of what is there: no more rows are drawn than are in sight, or a few. */
export async function readAll(visitor: Visitor): Promise<string[]> {
  const read = new Map<string, string>();
  for (let before = -1; before < read.size; await wheel(visitor, -400)) {
    before = read.size;
    const rows = await visitor.log.evaluate((node) =>
      [...node.querySelectorAll<HTMLElement>("[part~=message]")].map((row) => ({
        key: row.dataset["key"] ?? "",
        text: row.querySelector("[part~=text]")?.textContent ?? "",
      })),
    );
    for (const { key, text } of rows) read.set(key, text);
  }
  return [...read.values()];
}

/** Settles when the list has stood still for a while; in the page, so that no event can come before somebody listens. */
function atRest(log: Element): Promise<void> {
  return new Promise((resolve) => {
    let before = -1;
    let same = 0;
    function look(): void {
      const { scrollTop } = log;
      same = scrollTop === before ? same + 1 : 0;
      if (same > 3) return resolve();
      before = scrollTop;
      setTimeout(look, 20);
    }
    look();
  });
}
