import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { entryId, personId, type Seq, seq, type Time, time } from "@chorus/protocol/ids.ts";
import { pageEntries } from "./history-page.ts";
import { createReplay, type Replay, replayMessagesMax, type ReplayPlace } from "./replay.ts";

type Entry = EntryBody & { readonly seq: Seq };

/** A room in which somebody says something each second, or more often, and whoever looks back at it. Times are ms since it began. */
type Past = {
  readonly replay: Replay;
  readonly asked: ReplayPlace[];
  now: number;
  down: boolean;
  /** The log has a message as it is now. */
  held(id: string, change: { text: string; edited: Time }): void;
  /** What is to be seen of that moment, once nothing more is on its way. */
  at(wall: number): Promise<string[]>;
};

function aPast(count: number, changes: readonly Entry[] = [], perSecond = 1): Past {
  const all = [...Array.from({ length: count }, (_, i) => message(i + 1, perSecond)), ...changes];
  const asked: ReplayPlace[] = [];
  const replay = createReplay(
    (place) => {
      asked.push(place);
      if (past.down) return Promise.reject(new Error("no network"));
      const those =
        "at" in place
          ? all.filter((entry) => entry.time <= place.at).slice(-pageEntries)
          : all.filter((entry) => entry.seq > place.after).slice(0, pageEntries);
      return Promise.resolve({ epoch: "e", oldest: 1, entries: those });
    },
    () => past.now,
    () => {},
  );
  const past: Past = {
    replay,
    asked,
    now: (count * 1_000) / perSecond,
    down: false,
    held(id, change) {
      const place = all.findIndex((entry) => entry.id === id);
      const entry = all[place];
      if (entry?.k === "message") all[place] = { ...entry, ...change };
    },
    async at(wall) {
      for (let asking = -1; asking !== asked.length;) {
        asking = asked.length;
        replay.around(wall);
        await new Promise(setImmediate);
      }
      return replay.around(wall).flatMap(({ time: said, text }) => (said <= wall ? [text] : []));
    },
  };
  return past;
}

test("V6.11 who goes back sees the hundred messages before that moment, and what follows as the picture plays on", async () => {
  const past = aPast(1_000);
  const shown = await past.at(300_000);
  assert.deepEqual([shown.at(-1), shown.length >= 80], ["m300", true]);
  for (let wall = 300_000; wall <= 700_000; wall += 5_000)
    assert.equal((await past.at(wall)).at(-1), `m${wall / 1_000}`);
  assert.ok(past.asked.length <= 8, `${past.asked.length} pages for 400 messages`);
  assert.ok(past.replay.around(700_000).length <= replayMessagesMax);
  const texts = past.replay.around(700_000).map(({ text }) => text);
  assert.equal(new Set(texts).size, texts.length);
});

test("V6.11 a jump asks for that moment anew, the beginning holds nothing before it, and the end is asked for no more than it must be", async () => {
  const past = aPast(1_000);
  await past.at(900_000);
  assert.equal((await past.at(50_000)).at(-1), "m50");
  const before = past.asked.length;
  assert.deepEqual([await past.at(500), past.asked.length - before], [[], 0]);
  await past.at(995_000);
  const { length } = past.asked;
  await past.at(995_100);
  assert.equal(past.asked.length, length, "all that there is");
  past.now += 5_001;
  await past.at(995_200);
  assert.equal(past.asked.length, length + 1, "what was said since then");
});

test("V6.11 before anything was said, and where nothing is held any more, it is not asked again and again", async () => {
  const past = aPast(0);
  past.now = 60_000;
  assert.deepEqual([await past.at(30_000), past.asked.length], [[], 2]);
  await past.at(30_100);
  assert.equal(past.asked.length, 2);
});

test("V6.11 in a room that is too fast for its pages what is held stays around the moment", async () => {
  const past = aPast(3_000, [], 20);
  for (let wall = 60_000; wall <= 120_000; wall += 250)
    assert.equal((await past.at(wall)).at(-1), `m${wall / 50}`);
  assert.ok(past.replay.around(120_000).length <= replayMessagesMax);
});

test("V6.11 a page that fails is asked for again after a while", async () => {
  const past = aPast(1_000);
  past.down = true;
  assert.deepEqual(await past.at(300_000), []);
  past.down = false;
  assert.deepEqual([await past.at(300_000), past.asked.length], [[], 1]);
  past.now += 2_001;
  assert.equal((await past.at(300_000)).at(-1), "m300");
});

test("V6.12 what was removed or changed since, then or now, is so in what is looked back at, and in its quotes", async () => {
  const { of, by } = { of: entryId("m280"), by: "staff" } as const;
  const past = aPast(1_000, [
    { ...common(1_001), k: "removed", of: [of], by },
    { ...common(1_002), k: "edited", of: entryId("m281"), by: personId("ada"), text: "better" },
  ]);
  await past.at(300_000);
  past.replay.removed(entryId("m290"), { by, why: null });
  past.replay.edited(entryId("m291"), "new", time(1_000_000));
  const shown = await past.at(300_000);
  assert.deepEqual(
    [shown.includes("m290"), shown.includes("m291"), shown.includes("new")],
    [false, false, true],
  );
  const reply = past.replay.around(300_000).find(({ id }) => id === "m295");
  assert.equal(reply?.reply?.quote, "", "m295 answers m290");
  await past.at(999_000);
  await past.at(300_000);
  assert.equal((await past.at(300_000)).includes("m290"), false, "loaded anew, before the log has it");
});

test("V6.12 of what was changed twice the newest text stands, whatever the pages say of the way there", async () => {
  const of = entryId("m10");
  const by = personId("ada");
  const past = aPast(10, [
    { ...common(11), k: "edited", of, by, text: "first change" },
    { ...common(12), k: "edited", of, by, text: "second change" },
  ]);
  past.now = 60_000;
  past.held(of, { text: "second change", edited: time(12_000) });
  assert.equal((await past.at(11_500)).at(-1), "second change");
});

function message(n: number, perSecond: number): Entry {
  const quoted = { id: entryId(`m${n - 5}`), name: "Ada", quote: `m${n - 5}` };
  const reply = n % 5 === 0 && n > 5 ? { reply: quoted } : {};
  return {
    ...common(n, perSecond),
    k: "message",
    by: personId("ada"),
    name: "Ada",
    role: "viewer",
    text: `m${n}`,
    ...reply,
  };
}

function common(n: number, perSecond = 1) {
  return { seq: seq(n), id: entryId(`m${n}`), time: time((n * 1_000) / perSecond) } as const;
}
