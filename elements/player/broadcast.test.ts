import assert from "node:assert/strict";
import { test } from "node:test";
import { readBroadcast } from "./broadcast.ts";
import { aBroadcast } from "./broadcast.fixture.ts";
import { askAgainMs, newsOf, type PollNews } from "./broadcast-poll.ts";
import { createServerTime } from "./server-time.ts";

const url = "https://media.example/v1/rooms/demo/broadcast";

function heard(differently: Parameters<typeof aBroadcast>[0]): PollNews {
  return newsOf(200, aBroadcast(differently), url, { sentAt: 0, heardAt: 0 });
}

test("V1.52 a broadcast is read with absolute addresses, and what is none is read as none", () => {
  const whole = aBroadcast();
  assert.deepEqual(readBroadcast(structuredClone(whole), url), whole);
  const relative = {
    ...whole,
    paths: { whep: "/w", hls: "hls/index.m3u8", audio: null, dvr: 7 },
    poster: "/p.jpg",
  };
  assert.deepEqual(readBroadcast(relative, url)?.paths, {
    whep: "https://media.example/w",
    hls: "https://media.example/v1/rooms/demo/hls/index.m3u8",
    audio: null,
    dvr: null,
  });
  for (const not of [
    null,
    7,
    [],
    {},
    { ...whole, state: "odd" },
    { ...whole, now: "7" },
    { ...whole, paths: null },
  ])
    assert.equal(readBroadcast(not, url), null);
  const servers = [
    { urls: "stun:a" },
    { urls: ["turn:b"], username: "u", credential: "c" },
    { urls: 7 },
    "x",
  ];
  assert.deepEqual(readBroadcast({ ...whole, iceServers: servers }, url)?.iceServers, [
    { urls: ["stun:a"] },
    { urls: ["turn:b"], username: "u", credential: "c" },
  ]);
});

test("V1.53 a broadcast is asked for each 5 s while there is no picture, else before its addresses end", () => {
  for (const state of ["off", "interrupted", "ended"] as const)
    assert.equal(askAgainMs(heard({ state }), 0, 0), 5_000);
  assert.equal(askAgainMs(heard({}), 0, 0), 290_000);
  assert.equal(askAgainMs(heard({}), 0, 1), 280_000);
  assert.equal(askAgainMs(heard({ expires: 1_061_000 }), 0, 0), 5_000);
});

test("V1.53 a server that does not answer is asked more and more rarely, one that refuses rarely", () => {
  const unreachable = newsOf(500, null, url, { sentAt: 0, heardAt: 0 });
  assert.deepEqual(
    [1, 2, 3, 9, 99].map((failures) => askAgainMs(unreachable, failures, 1)),
    [1_000, 2_000, 4_000, 15_000, 15_000],
  );
  assert.deepEqual(
    [401, 403, 404, 200].map((status) => newsOf(status, null, url, { sentAt: 0, heardAt: 0 })),
    ["forbidden", "forbidden", "no-room", "unreachable"].map((trouble) => ({ t: "trouble", trouble })),
  );
  assert.equal(askAgainMs(newsOf(403, null, url, { sentAt: 0, heardAt: 0 }), 1, 1), 15_000);
});

test("V1.54 the server's clock is known by the answer that took least, and anew when a clock was set", () => {
  const news = newsOf(200, aBroadcast({ now: 10_000 }), url, { sentAt: 4_000, heardAt: 4_200 });
  assert.ok(news.t === "heard");
  assert.deepEqual([news.aheadMs, news.errorMs], [5_900, 100]);
  let here = 0;
  const time = createServerTime(() => here);
  time.heard(500, 100);
  time.heard(580, 200);
  assert.deepEqual([time.now(), time.errorMs()], [500, 100]);
  time.heard(520, 20);
  assert.deepEqual([time.now(), time.errorMs()], [520, 20]);
  time.heard(9_000, 300);
  assert.equal(time.now(), 9_000);
  here = 1_000_000;
  time.heard(8_900, 400);
  assert.equal(time.now(), 1_008_900);
});
