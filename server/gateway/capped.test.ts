import assert from "node:assert/strict";
import { test } from "node:test";
import { cohortOf } from "@chorus/core/delivery/cut.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import { aStage, type Stage, type StageOptions } from "./stage.fixture.ts";

/** A gateway that can write so little that a few people are too many. */
const weak: StageOptions = { caps: { roomShare: 0.000_02 } };
const rareMs = limits.heatEveryMs + limits.windowMsMax;

/** So much is said that the room is far too hot, and capped. */
function heat(stage: Stage): void {
  for (let i = 0; i < 8; i++) {
    stage.hears(...Array.from({ length: 40 }, (_, n) => `${i}/${n} ${"blah ".repeat(80)}`));
    stage.passes(limits.heatEveryMs);
  }
}

function ofCohort(place: number, cohorts: number, from = 0): string {
  for (let i = from; ; i++)
    if ((cohortOf(personId(`person-${i}`)) & (cohorts - 1)) === place) return `person-${i}`;
}

test("D1.68 every change of a tier is told to all in the room, and to who comes later", () => {
  const stage = aStage(weak);
  const [ada, mo] = [stage.enters("ada"), stage.enters("mo", "moderator")];
  heat(stage);
  assert.deepEqual(
    ada.all("tier").map(({ tier, shown }) => [tier, shown]),
    [["capped", 50]],
  );
  const told = mo.last("tier");
  assert.deepEqual([told.tier, told.shown], ["capped", 100]);
  assert.ok((told.heat ?? 0) > 100);
  assert.equal(stage.enters("late").last("tier").tier, "capped");
  assert.ok(stage.noted.includes("tier capped"));
  assert.equal(stage.keeper.rooms()[0]?.heat?.tier, "capped");
  stage.passes(120_000);
  assert.equal(ada.last("tier").tier, "calm");
  assert.deepEqual([...new Set(ada.all("tier").map(({ tier }) => tier))], ["capped", "calm"]);
  assert.equal(stage.keeper.rooms()[0]?.heat, null);
  assert.equal(stage.enters("later").all("tier").length, 0);
});

test("D1.50 in a capped room each viewer is shown their cohort and all that is not ordinary, and told what is left out", () => {
  const stage = aStage(weak);
  const names = [ofCohort(0, 2), ofCohort(1, 2)];
  const viewers = names.map((name) => stage.enters(name));
  const mo = stage.enters("mo", "moderator");
  heat(stage);
  for (const one of [...viewers, mo]) one.news();
  for (const name of names) stage.saysAs(name, `by ${name}`);
  mo.says("a word of staff");
  stage.passes(rareMs);
  for (const [i, viewer] of viewers.entries()) {
    const { from, to, s, shed, e } = viewer.last("entries");
    assert.deepEqual(textsIn(e), [`by ${names[i]}`, "a word of staff"]);
    assert.deepEqual([to - from + 1, shed, s?.length], [3, 1, 2]);
  }
  assert.equal(mo.last("entries").shed, undefined);
  assert.equal(mo.last("entries").e.length, 3);
});

test("D1.53 a mention, an answer and one's own words reach a person at once, whatever their cohort", () => {
  const stage = aStage(weak);
  const [talker, meant] = [ofCohort(0, 2), ofCohort(1, 2)];
  const viewer = stage.enters(meant);
  const other = stage.enters(ofCohort(1, 2, 100));
  heat(stage);
  const id = stage.saysAs(meant, "a question");
  stage.passes(rareMs);
  viewer.news();
  stage.saysAs(talker, "hey you", { mentions: [personId(meant)] });
  stage.saysAs(talker, "an answer", { reply: id });
  assert.deepEqual(
    viewer.news().flatMap((frame) => (frame.t === "person" ? textsIn(frame.e) : [])),
    ["hey you", "an answer"],
  );
  assert.equal(other.all("person").length, 0);
  for (let i = 0; i < limits.cappedPerSecond + 50; i++) stage.saysAs(meant, `flood ${i}`);
  stage.passes(rareMs);
  const shown = [...viewer.shows()].filter((text) => text.startsWith("flood"));
  assert.equal(new Set(shown).size, limits.cappedPerSecond + 50);
  assert.equal(
    other.shows().filter((text) => text.startsWith("flood")).length <= limits.cappedPerSecond,
    true,
  );
  assert.ok(stage.noted.includes("limit cappedPerSecond"));
});

test("D1.78 a removal goes ahead to who may have the text on their screen, and comes to the others with their window", () => {
  const stage = aStage(weak);
  const [author, elsewhere] = [ofCohort(0, 2), ofCohort(1, 2)];
  const [reader, other, mo] = [
    stage.enters(ofCohort(0, 2, 100)),
    stage.enters(ofCohort(1, 2, 100)),
    stage.enters("mo", "moderator"),
  ];
  heat(stage);
  const id = stage.saysAs(author, "bad");
  stage.passes(rareMs);
  stage.enters("somebody", "viewer");
  const late = stage.enters(elsewhere);
  for (const one of [reader, other, mo, late]) one.news();
  stage.does({ do: "retract", id, why: "spam" });
  assert.deepEqual(
    [reader, mo, late, other].map((one) => one.news().filter(({ t }) => t === "safety").length),
    [1, 1, 1, 0],
  );
  stage.passes(rareMs);
  assert.deepEqual(
    other.last("entries").e.map(({ k }) => k),
    ["removed"],
  );
});

test("D1.53 so many mentions that a room drowns in them are bounded", () => {
  const stage = aStage(weak);
  const [talker, meant] = [ofCohort(0, 2), ofCohort(1, 2)];
  const viewer = stage.enters(meant);
  heat(stage);
  viewer.news();
  for (let i = 0; i < limits.meantPerSecond + 10; i++)
    stage.saysAs(talker, `${i}`, { mentions: [personId(meant)] });
  assert.equal(viewer.news().filter(({ t }) => t === "person").length, limits.meantPerSecond);
  assert.ok(stage.noted.includes("limit meantPerSecond"));
});

test("D1.54 who resumes or fills a range of a capped room is shown what they would have been shown", () => {
  const stage = aStage(weak);
  const names = [ofCohort(0, 2), ofCohort(1, 2)];
  const reader = names[0] ?? "";
  const viewer = stage.enters(reader);
  heat(stage);
  stage.passes(rareMs);
  const at = viewer.position();
  const { epoch } = viewer.last("joined");
  viewer.vanishes();
  stage.enters("somebody-else");
  for (let i = 0; i < 4; i++) for (const name of names) stage.saysAs(name, `${name} ${i}`);
  stage.passes(rareMs);
  const back = stage.connects(reader).joins({ epoch, seq: at });
  const resumed = back.last("entries");
  assert.deepEqual([resumed.from, resumed.to, resumed.shed], [at + 1, at + 8, 4]);
  assert.deepEqual(
    textsIn(resumed.e),
    [0, 1, 2, 3].map((i) => `${reader} ${i}`),
  );
  back.sends(JSON.stringify({ t: "fill", room: "demo", epoch, from: at + 1, to: at + 4 }));
  assert.deepEqual([back.last("entries").shed, back.last("entries").e.length], [2, 2]);
});

test("D1.69 while a room is hot its totals are told rarely, the newest in the end", () => {
  const stage = aStage(weak);
  const ada = stage.enters("ada");
  heat(stage);
  stage.passes(limits.tallyRareMs);
  const before = ada.all("tally").length;
  for (let i = 0; i < 20; i++) {
    stage.keeper.accept("demo" as never, { i: "taps", taps: { "👏": 1 } });
    stage.passes(limits.tallyEveryMs);
  }
  const told = ada.all("tally").length - before;
  assert.ok(told >= 1 && told <= 2, `${told} totals in five seconds`);
  stage.passes(limits.tallyRareMs + limits.heatEveryMs);
  assert.equal(ada.last("tally").reactions["👏"], 20);
});

test("D1.70 slow mode by heat holds at every gateway, is told with the totals, and ends with the heat", () => {
  const stage = aStage(weak);
  const [ada, elsewhere] = [
    stage.enters("ada"),
    stage.enters("eve", "viewer", { gateway: stage.addGateway().gateway }),
  ];
  heat(stage);
  stage.passes(limits.tallyRareMs + limits.tallyEveryMs);
  for (const one of [ada, elsewhere]) {
    assert.equal(one.last("tally").slowMs, limits.slowMsMax / 2);
    one.says("first");
    one.says("second");
    const { reason, retryMs } = one.last("refused");
    assert.equal(reason, "slow");
    assert.ok(retryMs !== undefined && retryMs > limits.slowMsMax / 2 - 100);
  }
  stage.passes(150_000);
  assert.equal(elsewhere.last("tally").slowMs, undefined);
  elsewhere.says("third");
  stage.passes(limits.paceMs);
  elsewhere.says("fourth");
  assert.equal(elsewhere.last("ack").t, "ack");
  assert.equal(elsewhere.all("refused").length, 1);
});

test("D1.70 a room whose settings say so is not slowed down", () => {
  const stage = aStage({ ...weak, settings: { slowUnderLoad: false } });
  const ada = stage.enters("ada");
  heat(stage);
  stage.passes(limits.tallyRareMs + limits.tallyEveryMs);
  ada.says("first");
  ada.says("second");
  assert.equal(ada.all("refused").length, 0);
  assert.equal(ada.last("tally").slowMs, undefined);
});

function textsIn(entries: readonly EntryBody[]): string[] {
  return entries.flatMap((body) => (body.k === "message" ? [body.text] : []));
}
