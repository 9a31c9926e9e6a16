import assert from "node:assert/strict";
import { test } from "node:test";
import { loadPlayerWords } from "../words/player-words.ts";
import { aBroadcast, aView } from "./broadcast.fixture.ts";
import { type Overlay, overlayOf } from "./overlay.ts";
import type { SessionView } from "./session-view.ts";

const around = { online: true, now: 50_000 };

function over(differently: Partial<SessionView>, surroundings = around): Overlay {
  return overlayOf(aView(differently), surroundings);
}

function what(overlay: Overlay): string {
  return overlay.t === "said" ? overlay.what : overlay.t;
}

test("V1.60 whatever keeps a picture away is said in words, and a picture that moves is left alone", () => {
  const away = { motion: "none", path: null } as const;
  const stopped = { ...away, failure: { why: "network", retryAt: 52_400 } } as const;
  const cases: readonly [string, Partial<SessionView>][] = [
    ["none", {}],
    ["audio", { path: "audio" }],
    ["connecting", { ...away, broadcast: null }],
    ["forbidden", { ...away, broadcast: null, trouble: "forbidden" }],
    ["no-room", { ...away, broadcast: null, trouble: "no-room" }],
    ["unreachable", { ...away, broadcast: null, trouble: "unreachable" }],
    ["off", { ...away, broadcast: aBroadcast({ state: "off" }) }],
    ["ended", { ...away, broadcast: aBroadcast({ state: "ended" }) }],
    ["interrupted", { ...away, broadcast: aBroadcast({ state: "interrupted" }) }],
    ["start", { ...away, wanted: false }],
    ["none", { wanted: false, motion: "stopped" }],
    ["tap", { ...away, wanted: false, sound: "blocked" }],
    ["starting", { motion: "opening" }],
    ["stopped", { motion: "stopped" }],
    ["stopped", stopped],
    ["unsupported", { ...away, failure: { why: "unsupported", retryAt: 0 } }],
    ["starting", { motion: "opening", rewound: true, broadcast: aBroadcast({ state: "ended" }) }],
  ];
  for (const [expected, view] of cases) assert.equal(what(over(view)), expected, JSON.stringify(view));
  assert.equal(what(over(stopped, { online: false, now: 0 })), "offline");
});

test("V1.48 what is tried again says in how many seconds, and can be tried at once", () => {
  const overlay = over({ motion: "none", path: null, failure: { why: "network", retryAt: 52_400 } });
  assert.deepEqual(overlay, { t: "said", what: "stopped", tone: "bad", retryInSeconds: 3, remedy: "retry" });
});

test("V1.49 where there is a recording, the end of a broadcast offers it", () => {
  const { paths } = aBroadcast();
  const ended = (dvr: string | null) =>
    over({ motion: "none", path: null, broadcast: aBroadcast({ state: "ended", paths: { ...paths, dvr } }) });
  assert.deepEqual(
    [ended(null), ended("https://media.example/dvr.m3u8")].map((one) => one.t === "said" && one.remedy),
    [null, "again"],
  );
});

test("V1.61 the player speaks every language of the chat, and says all that it is told", async () => {
  const [english, arabic] = await Promise.all([loadPlayerWords("en-GB"), loadPlayerWords("ar")]);
  for (const [path, said] of allSaid(arabic)) {
    assert.doesNotMatch(said, /[a-z]/i, `${path}: ${said}`);
    assert.equal(said === "", new Map(allSaid(english)).get(path) === "", path);
  }
  assert.deepEqual(
    allSaid(arabic).map(([path]) => path),
    allSaid(english).map(([path]) => path),
  );
  assert.equal(english.behindShort(12), "−12 s");
  assert.equal(english.tryingAgainIn(3), "Trying again in 3 s.");
  assert.deepEqual([5, 65, 600, 3_605, 4_200].map(english.timecode), [
    "0:05",
    "1:05",
    "10:00",
    "1:00:05",
    "1:10:00",
  ]);
  assert.deepEqual([(await loadPlayerWords("de-AT")).lang, arabic.dir], ["en-AT", "rtl"]);
});

const notSaid = new Set(["lang", "dir", "timecode"]);

/** Every sentence, with a 7 where it takes a number. */
function allSaid(words: object, path = ""): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) => {
    if (path === "" && notSaid.has(key)) return [];
    if (typeof value === "string") return [[path + key, value]];
    if (typeof value === "function") return [[path + key, String(value(7))]];
    return typeof value === "object" && value !== null ? allSaid(value, `${path + key}.`) : [];
  });
}
