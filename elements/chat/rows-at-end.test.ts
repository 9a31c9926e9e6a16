import assert from "node:assert/strict";
import { test } from "node:test";
import { createRowsAtEnd } from "./rows-at-end.ts";

test("W1.10 at the end there are as many rows as are in sight, and a few more", () => {
  const end = createRowsAtEnd(200);
  end.measured("box", 420);
  const first = end.ask();
  assert.ok(first >= 20, "before anything is known there are enough for a phone");
  end.rows = first;
  end.measured("rows", first * 40);
  assert.ok(end.ask() >= 420 / 40 + 1 && end.ask() < 20, `${end.ask()} rows of 40 px in 420 px`);
  end.rows = end.ask();
  end.measured("rows", end.rows * 100);
  assert.ok(end.ask() * 40 >= 420, "after a few that are high, lower ones fill it at once");
  end.near = true;
  assert.ok(end.ask() >= 420 / 50 + 20, "a hand at the list has something above to move to");
});

test("W1.10 rows that turn out too few are followed by more, and never by more than the most", () => {
  const end = createRowsAtEnd(60);
  end.measured("box", 900);
  end.rows = end.ask();
  end.measured("rows", 24 * 100);
  end.rows = end.ask();
  end.measured("rows", end.rows * 20);
  assert.equal(end.isShort, true);
  assert.ok(end.ask() * 20 > 900);
  end.measured("rows", end.rows);
  assert.equal(end.ask(), 60);
  end.rows = 60;
  assert.equal(end.isShort, false, "there are no more to be had");
});

test("W1.11 only where everything is drawn and leaves room something older is out of reach", () => {
  const end = createRowsAtEnd(200);
  end.measured("box", 600);
  end.rows = end.ask();
  end.measured("rows", 500);
  assert.equal(end.roomLeft, false, "more rows come with the next painting");
  end.rows = 4;
  end.measured("rows", 120);
  assert.equal(end.roomLeft, true);
  end.measured("rows", 700);
  assert.equal(end.roomLeft, false);
});
