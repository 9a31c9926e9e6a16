import assert from "node:assert/strict";
import { test } from "node:test";
import { type EntryId, type Key, key, personId, type Seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { LogFailure } from "../log/log.ts";
import { type Client, demo } from "./client.fixture.ts";
import { aStage, type Stage } from "./stage.fixture.ts";

Object.assign(limits, { messagesRemembered: 5, pinsMax: 3 });
let counter = 0;

test("R7.18 what the room has forgotten is removed and restored as what it remembers", () => {
  const stage = aStage();
  const mo = stage.enters("mo", "moderator");
  const old = forget(stage, mo, "old text");
  const reply = said(stage, stage.enters("bob"), { text: "which?", reply: old.id, replySeq: old.publicSeq });
  assert.deepEqual(reply.reply, { id: old.id, by: personId("ada"), name: "ada", quote: "old text" });
  forget(stage, mo, "between");

  assert.equal(moderates(mo, { do: "retract", id: old.id, seq: old.seq, why: "spam" }), "ack");
  assert.equal(moderates(mo, { do: "retract", id: old.id, seq: old.seq, why: "spam" }), "unknown");
  stage.passes(limits.windowMs);
  const later = stage.connects("eve").joins({ epoch: mo.last("joined").epoch, seq: 0 as Seq });
  assert.ok(!JSON.stringify(later.frames).includes("old text"), "neither the message nor its quote");

  assert.equal(moderates(mo, { do: "restore", id: old.id, seq: old.seq }), "ack");
  assert.equal(moderates(mo, { do: "restore", id: old.id, seq: old.seq }), "unknown");
  stage.passes(limits.windowMs);
  const latest = stage.connects("eve").joins({ epoch: mo.last("joined").epoch, seq: 0 as Seq });
  assert.ok(latest.shows().includes("old text"));
});

test("R7.18 what the room has forgotten is edited, taken back and pinned as what it remembers", () => {
  const stage = aStage();
  const [ada, mo] = [stage.enters("ada"), stage.enters("mo", "moderator")];
  const old = forget(stage, mo, "tpyo");
  const bob = stage.enters("bob");
  assert.equal(asks(bob, { t: "edit", id: old.id, seq: old.publicSeq, text: "mine" }), "not-yours");
  assert.equal(asks(ada, { t: "edit", id: old.id, seq: old.publicSeq, text: "typo" }), "ack");
  assert.equal(moderates(mo, { do: "pin", id: old.id, seq: old.seq }), "ack");
  stage.passes(limits.windowMs);
  const epoch = mo.last("joined").epoch;
  const later = stage.connects("eve").joins({ epoch, seq: 0 as Seq });
  assert.ok(later.shows().includes("typo") && !later.shows().includes("tpyo"));
  assert.equal(stage.enters("eve").last("view").pins[0]?.text, "typo");
  assert.equal(asks(ada, { t: "retract", id: old.id, seq: old.publicSeq }), "ack");
  stage.passes(limits.windowMs);
  assert.deepEqual(stage.enters("eve").last("view").pins, []);
  assert.equal(moderates(mo, { do: "restore", id: old.id, seq: old.seq }), "unknown");
});

test("R7.18 edits of what the room has forgotten count for its author's pace, and an edited pin shows them", () => {
  const stage = aStage();
  const [ada, mo] = [stage.enters("ada"), stage.enters("mo", "moderator")];
  const old = forget(stage, mo, "old");
  assert.equal(moderates(mo, { do: "pin", id: old.id, seq: old.seq }), "ack");
  const edits = Array.from({ length: limits.paceMessages + 1 }, (_, i) =>
    asks(ada, { t: "edit", id: old.id, seq: old.publicSeq, text: `text ${i}` }),
  );
  assert.equal(edits.at(0), "ack");
  assert.equal(edits.at(-1), "pace");
  stage.passes(limits.windowMs);
  assert.match(stage.enters("eve").last("view").pins[0]?.text ?? "", /^text /);
});

test("R7.17 without its place, or with a wrong one, a forgotten message is unknown", () => {
  const stage = aStage();
  const mo = stage.enters("mo", "moderator");
  const old = forget(stage, mo, "old");
  assert.equal(moderates(mo, { do: "retract", id: old.id, why: "spam" }), "unknown");
  assert.equal(
    moderates(mo, { do: "retract", id: old.id, seq: (old.seq + 1) as Seq, why: "spam" }),
    "unknown",
  );
});

test("R7.19 while the log cannot be read, a command about what was forgotten waits, and others do not", () => {
  let broken = false;
  const stage = aStage({
    keeperLog: (log) => ({
      ...log,
      find(room, at, done) {
        if (broken) done({ ok: false, failure: new LogFailure("The disk failed to read.") });
        else log.find(room, at, done);
      },
    }),
  });
  const mo = stage.enters("mo", "moderator");
  const old = forget(stage, mo, "old");
  broken = true;
  assert.equal(moderates(mo, { do: "retract", id: old.id, seq: old.seq, why: "spam" }), "try-later");
  assert.ok(stage.noted.includes("log failed: The disk failed to read."));
  assert.equal(asks(mo, { t: "say", text: "meanwhile" }), "ack");
  broken = false;
  assert.equal(moderates(mo, { do: "retract", id: old.id, seq: old.seq, why: "spam" }), "ack");
});

test("R7.18 more of them at once than are looked for at once are all decided, in order", () => {
  const stage = aStage();
  const mo = stage.enters("mo", "moderator");
  const old = forget(stage, mo, "old");
  const before = limits.lookUpsAtOnceMax;
  Object.assign(limits, { lookUpsAtOnceMax: 2 });
  const acts = Array.from({ length: 5 }, (_, i) =>
    stage.does({
      do: i % 2 === 0 ? "retract" : "restore",
      id: old.id,
      seq: old.seq,
      why: "spam",
    } as Moderation),
  );
  stage.passes(limits.windowMs);
  Object.assign(limits, { lookUpsAtOnceMax: before });
  assert.equal(acts.length, 5);
  const done = mo
    .all("entries")
    .flatMap(({ e }) => e.flatMap((body) => (body.k === "act" ? [body.act] : [])));
  assert.deepEqual(done, ["retract", "restore", "retract", "restore", "retract"]);
});

/** Ada's words, and so many of somebody else's that the room remembers hers no more. */
function forget(stage: Stage, staff: Client, text: string): { id: EntryId; seq: Seq; publicSeq: Seq } {
  const ada = stage.enters("ada");
  const { id } = said(stage, ada, { text });
  const publicSeq = ada.position() as Seq;
  const seq = staff.position() as Seq;
  for (let i = 0; i < limits.messagesRemembered; i++) stage.hears(`since then ${counter++}`);
  stage.passes(limits.windowMs);
  return { id, seq, publicSeq };
}

function said(stage: Stage, client: Client, words: object) {
  assert.equal(asks(client, { t: "say", ...words }), "ack");
  stage.passes(limits.windowMs);
  const { id } = client.last("ack");
  const message = client
    .all("entries")
    .flatMap(({ e }) => e)
    .find((body) => body.id === id);
  assert.ok(message?.k === "message");
  return message;
}

function moderates(client: Client, act: Moderation): string {
  return asks(client, { t: "moderate", act });
}

function asks(client: Client, request: object): string {
  const own: Key = key(`session-of-${client.session?.id ?? 0}:${counter++}`);
  client.sends(JSON.stringify({ room: demo, key: own, ...request }));
  const reply = client.frames.find(
    (frame) => (frame.t === "ack" || frame.t === "refused") && frame.key === own,
  );
  assert.ok(reply?.t === "ack" || reply?.t === "refused", "it is answered");
  return reply.t === "ack" ? "ack" : reply.reason;
}
