import assert from "node:assert/strict";
import { test } from "node:test";
import { aBroadcast } from "./broadcast.fixture.ts";
import { badgeOf } from "./badge.ts";
import { positionAt, spanOf, wallAt } from "./fragments.ts";
import { movedTo } from "./moved-url.ts";
import { pathFor, type PathQuestion, urlOf } from "./paths.ts";

const all = { whep: true, hls: true };

function chosen(differently: Partial<PathQuestion>): string | null {
  return pathFor({
    broadcast: aBroadcast(),
    choice: "auto",
    rewound: false,
    able: all,
    failing: new Set(),
    ...differently,
  });
}

test("V1.55 the way is the one with the least delay that the broadcast has, the browser can and the person allows", () => {
  assert.equal(chosen({}), "whep");
  assert.equal(chosen({ choice: "steady" }), "hls");
  assert.equal(chosen({ choice: "audio" }), "audio");
  assert.equal(chosen({ able: { whep: false, hls: true } }), "hls");
  assert.equal(chosen({ broadcast: aBroadcast({ video: false }) }), "audio");
  assert.equal(chosen({ rewound: true }), "rewind");
  assert.equal(chosen({ able: { whep: false, hls: false } }), null);
  const none = { whep: null, hls: null, audio: null, dvr: null };
  assert.equal(chosen({ broadcast: aBroadcast({ paths: none }) }), null);
});

test("V1.55 a way that failed of late gives place to the next, and is tried again where there is no other", () => {
  assert.equal(chosen({ failing: new Set(["whep"]) }), "hls");
  assert.equal(chosen({ failing: new Set(["whep", "hls"]) }), "audio");
  assert.equal(chosen({ failing: new Set(["whep", "hls", "audio"]) }), "whep");
});

test("V1.44 the recording stands where the broadcast says, else beside the live playlist", () => {
  const { paths } = aBroadcast();
  assert.equal(urlOf(aBroadcast(), "rewind"), "https://media.example/s/rooms/demo/hls/dvr.m3u8");
  const dvr = "https://media.example/dvr.m3u8";
  assert.equal(urlOf(aBroadcast({ paths: { ...paths, dvr } }), "rewind"), dvr);
  assert.equal(urlOf(aBroadcast({ paths: { ...paths, hls: null } }), "rewind"), null);
});

test("V1.41 the badge says live only as near as its way can be, and else how many seconds are between", () => {
  assert.deepEqual(badgeOf("whep", 300, 100, true), { t: "live" });
  assert.deepEqual(badgeOf("whep", 5_400, 100, true), { t: "behind", seconds: 5 });
  assert.deepEqual(badgeOf("hls", 3_000, 100, true), { t: "live" });
  assert.deepEqual(badgeOf("hls", 5_400, 100, true), { t: "behind", seconds: 5 });
  assert.deepEqual(badgeOf("hls", 5_400, 100, false), { t: "live" });
  assert.deepEqual(badgeOf("hls", 12_300, 100, false), { t: "behind", seconds: 12 });
  assert.deepEqual(badgeOf("hls", null, 0, true), { t: "live" });
  assert.equal(badgeOf("rewind", null, 0, true), null);
});

const piece = (start: number, programDateTime: number | null) => ({ start, duration: 2, programDateTime });

test("V1.58 moments and positions follow from the dates of a playlist, over a hole in the broadcast too", () => {
  const pieces = [piece(10, 100_000), piece(12, 102_000), piece(14, 160_000)];
  assert.deepEqual(
    [10, 13.5, 14, 17, 9].map((at) => wallAt(pieces, at)),
    [100_000, 103_500, 160_000, 163_000, 99_000],
  );
  assert.deepEqual(
    [100_500, 103_000, 130_000, 161_000, 999_000, Number.NEGATIVE_INFINITY].map((wall) =>
      positionAt(pieces, wall),
    ),
    [10.5, 13, 14, 15, 16, 10],
  );
  assert.deepEqual(spanOf(pieces), { from: 100_000, to: 162_000 });
  assert.deepEqual([wallAt([], 1), positionAt([], 1), spanOf([])], [null, null, null]);
  assert.equal(wallAt([piece(0, null)], 1), null);
});

test("V1.59 when signed addresses change, what is asked for stands under the new ones", () => {
  const [old, now] = [
    "https://m.example/signed/a/hls/index.m3u8",
    "https://m.example/signed/b/hls/index.m3u8",
  ];
  assert.equal(
    movedTo("https://m.example/signed/a/hls/7/3.m4s?x=1", old, now),
    "https://m.example/signed/b/hls/7/3.m4s?x=1",
  );
  assert.equal(movedTo("https://other.example/3.m4s", old, now), "https://other.example/3.m4s");
  assert.equal(movedTo(old, old, old), old);
});
