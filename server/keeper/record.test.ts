import assert from "node:assert/strict";
import { test } from "node:test";
import { overlaid, type StoredOverlay } from "@chorus/core/record.ts";
import type { Message } from "@chorus/protocol/entries.ts";
import { entryId, epoch, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";
import { recordOf, textOf } from "./record.ts";

test("R7.13 the quote is cut out of the bytes of a reply, whatever stands around it", () => {
  const gone: StoredOverlay = { id: entryId("gone"), redacts: true, bytes: Buffer.from("{}") };
  const texts = ["plain", 'é "quote":"x" \\', "🎉\n\u2028", '","quote":"'];
  for (const text of texts) {
    for (const quote of texts) {
      const message: Message = {
        k: "message",
        id: entryId("reply"),
        time: time(1),
        by: personId("ada"),
        name: text,
        role: "viewer",
        text,
        reply: { id: entryId("gone"), name: text, quote },
      };
      const [item, bytes] = recorded(message);
      assert.ok(item !== undefined);
      assert.deepEqual(JSON.parse(textOf(bytes)), message);
      const cut = overlaid(item, bytes, new Map([[gone.id, gone]]));
      assert.ok(cut !== null);
      assert.deepEqual(JSON.parse(textOf(cut)), { ...message, reply: { ...message.reply, quote: "" } });
      assert.equal(overlaid(item, bytes, new Map()), null);
    }
  }
});

test("D1.53 a record says which message is ordinary, and whom it is meant for", () => {
  const [bo, cy] = [personId("bo"), personId("cy")];
  const reply = { id: entryId("another"), by: bo, name: "Bo", quote: "hi" };
  for (const role of ["guest", "viewer", "participant"] as const) assert.equal(said(role)?.ordinary, true);
  for (const role of ["moderator", "host"] as const) assert.equal(said(role)?.ordinary, false);
  assert.deepEqual(said("viewer")?.meant, []);
  assert.deepEqual(said("viewer", { mentions: [cy] })?.meant, [cy]);
  assert.deepEqual(said("viewer", { reply, mentions: [cy] })?.meant, [bo, cy]);
  assert.deepEqual(said("viewer", { reply, mentions: [bo] })?.meant, [bo]);
});

function said(role: Role, more: Partial<Message> = {}) {
  const one = { k: "message", id: entryId("one"), time: time(1), by: personId("ada"), name: "Ada" } as const;
  return recorded({ ...one, role, text: "hello", ...more })[0];
}

function recorded(message: Message) {
  const none = { publicFrom: seq(1), publicTo: seq(1), staffFrom: seq(1), staffTo: seq(1) };
  const entries = [{ scope: "all", person: null, body: message } as const];
  const draft = { offset: 1, at: time(1), ...none, notes: [], entries, overlays: [] };
  const { index, bytes } = recordOf(draft, roomId("demo"), epoch("born"), 1);
  return [index[0], bytes] as const;
}
