import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { entryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { fewAtATime, newRowsMax } from "./few-at-a-time.ts";
import { keyOf } from "./message-key.ts";
import { aMessage } from "./shown.fixture.ts";

const everything = () => true;

function said(from: number, to: number): Shown[] {
  return Array.from({ length: to - from + 1 }, (_, nth) => aMessage({ id: entryId(`m${from + nth}`) }));
}

function keys(messages: readonly Shown[]): string[] {
  return messages.map(keyOf);
}

function drawnWith(messages: readonly Shown[]): Set<string> {
  return new Set(keys(messages));
}

test("W1.12 a few that are new are drawn at once, and a list that is empty as a whole", () => {
  const messages = said(1, 40);
  assert.deepEqual(keys(fewAtATime(messages, everything, 10, new Set()).messages), keys(said(31, 40)));
  const some = fewAtATime(messages, everything, 10, drawnWith(said(26, 35)));
  assert.deepEqual([keys(some.messages), some.isAll], [keys(said(31, 40)), true]);
});

test("W1.12 of many that are new the next few stand behind what is drawn, and no row is missing meanwhile", () => {
  const messages = said(1, 40);
  const first = fewAtATime(messages, everything, 10, drawnWith(said(16, 25)));
  assert.deepEqual([keys(first.messages), first.isAll], [keys([...said(21, 25), ...said(31, 35)]), false]);
  const second = fewAtATime(messages, everything, 10, drawnWith(first.messages));
  assert.deepEqual([keys(second.messages), second.isAll], [keys(said(31, 40)), true]);
});

test("W1.12 where more is wanted above, what is newer comes first, and then what is next above", () => {
  const messages = said(1, 40);
  const first = fewAtATime(messages, everything, 30, drawnWith(said(29, 38)));
  assert.deepEqual(keys(first.messages), keys(said(26, 40)));
  const second = fewAtATime(messages, everything, 30, drawnWith(first.messages));
  assert.deepEqual(keys(second.messages), keys(said(21, 40)));
});

test("W1.12 where what was drawn is gone, nothing could stand in its place, and all is drawn", () => {
  const messages = said(1, 40).filter((message) => !keys(said(26, 38)).includes(keyOf(message)));
  const { messages: shown, isAll } = fewAtATime(messages, everything, 10, drawnWith(said(29, 38)));
  assert.deepEqual([shown.length, isAll], [10, true]);
});

test("W1.12 however a list changes, a few paints later it is drawn, never with fewer rows nor out of order", () => {
  const step = fc.record({
    come: fc.nat(60),
    rows: fc.integer({ min: 1, max: 40 }),
    hide: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 8 }), (steps) => {
      const messages: Shown[] = [];
      let drawn = new Set<string>();
      for (const { come, rows, hide } of steps) {
        messages.push(...said(messages.length + 1, messages.length + come));
        const shows = ({ id }: Shown) => Number(id?.slice(1)) % hide !== 0;
        const wanted = keys(messages.filter(shows).slice(-rows));
        for (let paint = 0; ; paint++) {
          assert.ok(paint <= wanted.length / newRowsMax + 1, "it comes to an end");
          const few = fewAtATime(messages, shows, rows, drawn);
          const shown = keys(few.messages);
          const order = messages.map(keyOf).filter((key) => shown.includes(key));
          assert.deepEqual(shown, order);
          assert.ok(few.messages.every(shows));
          assert.ok(shown.length >= Math.min(rows, drawn.size, wanted.length) || few.isAll);
          drawn = new Set(shown);
          if (few.isAll) break;
        }
        assert.deepEqual([...drawn], wanted);
      }
    }),
  );
});
