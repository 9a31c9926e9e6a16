import assert from "node:assert/strict";
import { test } from "node:test";
import type { Frame } from "@chorus/protocol/frames.ts";
import { epoch, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Client, demo, framesIn } from "./client.fixture.ts";
import { attached } from "./feed.ts";
import { aStage, type Stage } from "./stage.fixture.ts";

/** So many that their round takes several slices. */
const crowdSize = 12 * limits.sliceWritesMax;

function aCrowd(stage: Stage): { first: Client; last: Client; crowd: Client[] } {
  const crowd = Array.from({ length: crowdSize }, (_, i) => stage.enters(`viewer-${i}`));
  const [first] = crowd;
  const last = crowd.at(-1);
  assert.ok(first !== undefined && last !== undefined);
  stage.passes(limits.windowMsMax);
  for (const one of crowd) one.news();
  return { first, last, crowd };
}

/** Runs once, in the middle of the slice that writes such a frame to this client. */
function whenWritten({ session }: Client, wanted: (frame: Frame) => boolean, run: () => void): void {
  assert.ok(session !== null);
  const { connection } = session;
  const { send } = connection;
  connection.send = (bytes) => {
    send(bytes);
    if (!framesIn(bytes).some((frame) => frame !== "ping" && wanted(frame))) return;
    connection.send = send;
    run();
  };
}

const isWindow = ({ t }: Frame): boolean => t === "entries";

test("D1.82 an answer and the window that its message stands in are one write, and an answer alone waits for nothing", () => {
  const stage = aStage();
  const ada = stage.enters("ada");
  const writes = ada.writes.length;
  ada.news();
  ada.says("first");
  assert.equal(ada.writes.length, writes + 1);
  assert.deepEqual(
    ada.news().map(({ t }) => t),
    ["ack", "entries"],
  );
  ada.says("gathered for a window");
  assert.deepEqual(
    ada.news().map(({ t }) => t),
    ["ack"],
  );
});

test("D1.40 while a large room is written to, others are heard and written to in between", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, last } = aCrowd(stage);
  const small = stage.addRoom("small", { guests: true });
  const neighbour = stage.enters("neighbour").joins(undefined, small);
  let lastHad = -1;
  whenWritten(first, isWindow, () => neighbour.says("meanwhile", small));
  whenWritten(neighbour, isWindow, () => {
    lastHad = last.all("entries").length;
  });
  stage.hears("to all");
  stage.passes(limits.windowMsMax);
  assert.equal(lastHad, 0);
  assert.deepEqual(last.shows(), ["to all"]);
});

test("D1.41 a removal overtakes the window that is on its way, and whoever comes after it never gets the text", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, last, crowd } = aCrowd(stage);
  whenWritten(first, isWindow, () => {
    const id = first.last("entries").e[0]?.id;
    assert.ok(id !== undefined);
    stage.keeper.accept(demo, removal(stage, id));
  });
  stage.hears("bad");
  stage.passes(limits.windowMsMax);
  const got = crowd.filter(({ frames }) => JSON.stringify(frames).includes('"bad"'));
  assert.ok(got.length > 0 && got.length < crowdSize, `${got.length} of ${crowdSize} got the text`);
  assert.deepEqual(
    last.news().flatMap(({ t }) => (t === "tally" ? [] : t)),
    ["safety", "entries"],
  );
  for (const one of crowd) assert.deepEqual([one.shows(), one.position()], [[], first.position()]);
});

test("D1.73 who is written to last is sent what has come meanwhile, and who was first has it with the next window", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, last, crowd } = aCrowd(stage);
  whenWritten(first, isWindow, () =>
    stage.keeper.accept(demo, stage.inputOf({ t: "say", text: "late" }, "host")),
  );
  stage.hears("early");
  assert.deepEqual([sizes(first), sizes(last)], [[1], [2]]);
  stage.passes(limits.windowMsMax);
  assert.deepEqual([sizes(first), sizes(last)], [[1, 1], [2]]);
  for (const one of crowd) assert.deepEqual(one.shows(), ["early", "late"]);
});

function sizes(client: Client): number[] {
  return client.all("entries").map(({ e }) => e.length);
}

test("D1.79 removals that come while one is on its way leave together after it", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, last, crowd } = aCrowd(stage);
  stage.hears("one", "two", "three", "four");
  stage.passes(limits.windowMsMax);
  const ids = first.last("entries").e.map(({ id }) => id);
  for (const one of crowd) one.news();
  whenWritten(
    first,
    ({ t }) => t === "safety",
    () => {
      for (const id of ids.slice(1)) stage.keeper.accept(demo, removal(stage, id));
    },
  );
  stage.keeper.accept(demo, removal(stage, ids[0] ?? ""));
  stage.passes(limits.windowMsMax);
  for (const one of [first, last])
    assert.deepEqual(
      one.all("safety").map(({ e }) => e.length),
      [1, 3],
    );
  for (const one of crowd) assert.deepEqual(one.shows(), []);
});

test("D1.79 what was on its way when a room begins anew holds nothing back", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first } = aCrowd(stage);
  stage.hears("one");
  stage.passes(limits.windowMsMax);
  const feed = stage.gateway.feeds.get(demo);
  assert.ok(feed?.tally && feed.settings);
  const { tally, settings } = feed;
  const head = { epoch: epoch("another"), offset: 0, publicSeq: seq(0), staffSeq: seq(0) };
  whenWritten(
    first,
    ({ t }) => t === "safety",
    () => attached(stage.gateway, { m: "attached", room: demo, head, settings, bans: [], tally }),
  );
  stage.keeper.accept(demo, removal(stage, first.last("entries").e[0]?.id ?? ""));
  stage.passes(limits.windowMsMax);
  assert.ok(first.all("joined").some((joined) => joined.epoch === "another"));
  assert.deepEqual(feed.audiences.public.urgent, { waiting: [], isOnItsWay: false });
});

test("D1.60 a room that all leave while it is written to is judged by numbers afterwards", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, crowd } = aCrowd(stage);
  const feed = stage.gateway.feeds.get(demo);
  whenWritten(first, isWindow, () => {
    stage.gateway.clock.soon(() => {
      for (const one of crowd) one.vanishes();
    });
  });
  stage.hears("to all");
  stage.passes(limits.windowMsMax);
  assert.ok(Number.isFinite(feed?.shrink));
});

test("D1.42 totals that come while others are on their way are told once, by the newest", () => {
  const stage = aStage({ caps: { connections: 2 * crowdSize, perAddress: 2 * crowdSize } });
  const { first, last, crowd } = aCrowd(stage);
  const tap = (): void => stage.keeper.accept(demo, { i: "taps", taps: { "👏": 1 } });
  let before = 0;
  whenWritten(
    first,
    ({ t }) => t === "tally",
    () => {
      before = last.all("tally").length;
      for (let v = 1; v <= 3; v++) {
        const { feeds, bus } = stage.gateway;
        const tally = feeds.get(demo)?.tally;
        assert.ok(tally !== null && tally !== undefined);
        bus.publish(`room.${demo}`, {
          head: { m: "tally", tally: { ...tally, v: tally.v + v, viewers: 1_000 + v } },
          body: new Uint8Array(),
        });
      }
    },
  );
  tap();
  stage.passes(limits.tallyEveryMs + 10);
  for (const one of crowd) assert.equal(one.last("tally").viewers, 1_003);
  assert.equal(last.all("tally").length, before + 2);
});

/** As a moderator's gateway would send it. */
function removal(stage: Stage, id: string): Parameters<Stage["keeper"]["accept"]>[1] {
  return stage.inputOf({ t: "moderate", act: { do: "retract", id: id as never, why: "spam" } }, "moderator");
}
