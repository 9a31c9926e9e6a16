import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { limits } from "@chorus/protocol/limits.ts";
import {
  type Anchor,
  anchored,
  type ClockMap,
  discontinuous,
  mediaAt,
  momentAt,
  noClock,
} from "./clock-map.ts";

const start = 1_700_000_000_000;
const anchor = (mediaTime: number, wall: number, errorMs = 20): Anchor => ({ mediaTime, wall, errorMs });
const mapOf = (...anchors: Anchor[]): ClockMap => anchors.reduce(anchored, noClock);

test("V1.1 the moment of a picture follows from an anchor, before it and after it", () => {
  const map = mapOf(anchor(10, start));
  assert.deepEqual(momentAt(map, 10), { wall: start, errorMs: 20 });
  assert.equal(momentAt(map, 12)?.wall, start + 2_000);
  assert.equal(momentAt(map, 4)?.wall, start - 6_000);
  assert.equal(mediaAt(map, start + 2_000), 12);
  assert.equal(mediaAt(map, start - 1_000), 9);
  assert.equal(momentAt(noClock, 1), null);
  assert.equal(mediaAt(noClock, start), null);
});

test("V1.1 anchors that agree make the moment more certain, and one that is far away less", () => {
  const map = mapOf(anchor(10, start), anchor(10, start + 15));
  assert.deepEqual(momentAt(map, 10), { wall: start + 7.5, errorMs: 12.5 });
  assert.ok((momentAt(map, 100)?.errorMs ?? 0) > 12.5);
});

test("V1.2 an encoder that comes back later begins a piece of its own, and both are kept", () => {
  const map = mapOf(anchor(0, start), anchor(30, start + 90_000));
  assert.equal(momentAt(map, 29)?.wall, start + 29_000);
  assert.equal(momentAt(map, 31)?.wall, start + 91_000);
  assert.equal(mediaAt(map, start + 10_000), 10);
  assert.equal(mediaAt(map, start + 95_000), 35);
  assert.equal(mediaAt(map, start + 60_000), 30, "nothing was captured then: where it went on");
});

test("V1.2 after a discontinuity nothing is known until an anchor says it", () => {
  const map = discontinuous(mapOf(anchor(0, start)), 20);
  assert.equal(momentAt(map, 19)?.wall, start + 19_000);
  assert.equal(momentAt(map, 21), null);
  const again = anchored(map, anchor(22, start + 500_000));
  assert.equal(momentAt(again, 20)?.wall, start + 498_000);
  assert.equal(momentAt(anchored(discontinuous(noClock, 20), anchor(5, start)), 25), null);
});

test("V1.2 a map is bounded, however often an encoder comes back", () => {
  let map = noClock;
  for (let i = 0; i < 1_000; i++) map = anchored(map, anchor(i, start + i * 60_000));
  assert.equal(map.pieces.length, limits.mediaClockPiecesMax);
  assert.equal(momentAt(map, 999)?.wall, start + 999 * 60_000);
});

test("V1.3 a moment is never wrong by more than it says, if no anchor is", () => {
  const drawn = fc.record({
    driftPpm: fc.integer({ min: -200, max: 200 }),
    asked: fc.nat(7_200),
    anchors: fc.array(
      fc.record({
        at: fc.nat(7_200),
        errorMs: fc.integer({ min: 1, max: 500 }),
        off: fc.double({ min: -1, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 40 },
    ),
  });
  fc.assert(
    fc.property(drawn, ({ driftPpm, asked, anchors }) => {
      const truth = (mediaTime: number): number => start + mediaTime * (1_000 + driftPpm / 1_000);
      const map = mapOf(
        ...anchors.map(({ at, errorMs, off }) => anchor(at, truth(at) + off * errorMs, errorMs)),
      );
      assert.equal(map.pieces.length, 1);
      const moment = momentAt(map, asked);
      assert.ok(moment !== null && Math.abs(moment.wall - truth(asked)) <= moment.errorMs + 0.01);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("V1.3 where a moment is found it is the moment that was looked for, over any number of interruptions", () => {
  const gaps = fc.array(
    fc.record({ media: fc.integer({ min: 1, max: 60 }), away: fc.integer({ min: 1, max: 600 }) }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(gaps, fc.nat(1_000), (drawn, part) => {
      let [mediaTime, wall, map] = [0, start, noClock];
      const moments: [number, number][] = [];
      for (const { media, away } of drawn) {
        map = anchored(map, anchor(mediaTime, wall, 5));
        const into = (media * part) / 1_001;
        moments.push([mediaTime + into, wall + into * 1_000]);
        mediaTime += media;
        wall += media * 1_000 + away * 1_000;
      }
      for (const [media, when] of moments) {
        assert.ok(Math.abs((momentAt(map, media)?.wall ?? 0) - when) < 1);
        assert.ok(Math.abs((mediaAt(map, when) ?? 0) - media) < 0.001);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
