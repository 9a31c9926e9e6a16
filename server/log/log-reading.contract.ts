import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { Audience } from "@chorus/core/record.ts";
import { entryId, roomId, seq } from "@chorus/protocol/ids.ts";
import type { WithLog } from "./log.contract.ts";
import type { StoredMessage } from "./log.ts";
import { revocationsContract } from "./revocations.contract.ts";
import { aRoom, ask, readFrom, readTexts, redacted, replaced, restored, textOf } from "./record.fixture.ts";
import type { Room } from "./record.fixture.ts";

/** The part of the log's contract that is about what readers get. */
export function readingContract(withLog: WithLog): void {
  pagesContract(withLog);
  audiencesContract(withLog);
  overlaysContract(withLog);
  revocationsContract(withLog);
}

function pagesContract(withLog: WithLog): void {
  test(
    "L3.1 read MUST give the entries of a range in order, across records, with head and oldest",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      assert.deepEqual(await readFrom(log, room.id), { head: room.head, oldest: 1, entries: [] });
      await room.say(["one", "two", "three"]);
      await room.say([]);
      await room.say(["four", "five"]);
      const again = reopen();
      assert.deepEqual(await readTexts(again, room.id, { from: 2, to: 4 }), ["2:two", "3:three", "4:four"]);
      const { head, oldest, entries } = await readFrom(again, room.id);
      assert.deepEqual([head, oldest, entries.length], [room.head, 1, 5]);
      assert.equal(entries[4]?.at, 1_002);
    }),
  );

  test(
    "L3.2 read MUST end at entriesMax: with the first of the range, or the last when the newest are asked for",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say(["one", "two", "three"]);
      await room.say(["four", "five"]);
      const range = { from: 2, to: 4, entriesMax: 2 };
      assert.deepEqual(await readTexts(log, room.id, range), ["2:two", "3:three"]);
      assert.deepEqual(await readTexts(log, room.id, { ...range, newest: true }), ["3:three", "4:four"]);
      assert.deepEqual(await readTexts(log, room.id, { newest: true, entriesMax: 1 }), ["5:five"]);
      assert.deepEqual(await readTexts(log, room.id, { ...range, entriesMax: 0 }), []);
    }),
  );

  test(
    "L3.3 read MUST end before bytesMax is exceeded, but MUST let the first entry through",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say(["1111", "2222", "3333"]);
      assert.deepEqual(await readTexts(log, room.id, { bytesMax: 8 }), ["1:1111", "2:2222"]);
      assert.deepEqual(await readTexts(log, room.id, { bytesMax: 11, newest: true }), ["2:2222", "3:3333"]);
      assert.deepEqual(await readTexts(log, room.id, { bytesMax: 1, from: 2 }), ["2:2222"]);
      assert.deepEqual(await readTexts(log, room.id, { bytesMax: 1, newest: true }), ["3:3333"]);
    }),
  );

  test(
    "L3.4 reading beyond the head or an empty range MUST give no entries",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say(["one"]);
      for (const newest of [false, true]) {
        assert.deepEqual(await readTexts(log, room.id, { from: 2, newest }), []);
        assert.deepEqual(await readTexts(log, room.id, { from: 1, to: 0, newest }), []);
      }
    }),
  );
}

function audiencesContract(withLog: WithLog): void {
  test(
    "L3.5 staff MUST see all entries for audiences under their own seqs; the public MUST see no trace of what is for staff",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say(["one", { text: "held", scope: "staff" }]);
      await room.say([{ text: "act", scope: "staff" }]);
      await room.say(["two"]);
      assert.deepEqual(await readTexts(log, room.id), ["1:one", "2:two"]);
      assert.deepEqual(await readTexts(log, room.id, { newest: true, entriesMax: 1 }), ["2:two"]);
      const staff = await readTexts(log, room.id, { audience: "staff" });
      assert.deepEqual(staff, ["1:one", "2:held", "3:act", "4:two"]);
    }),
  );

  test(
    "L3.6 an entry for one person MUST be read by that person alone, with the seq of the audience's entry before it",
    withLog(async (log) => {
      const room = await aRoomWithNotices(withPerson("bob"), await aRoom(log));
      assert.deepEqual(await readTexts(log, room.id), ["1:one", "2:two", "3:three"]);
      assert.deepEqual(await readTexts(log, room.id, { person: "eve" }), ["1:one", "2:two", "3:three"]);
      const all = ["0:n0", "1:one", "2:two", "2:n2", "2:m2", "3:three", "3:n3"];
      assert.deepEqual(await readTexts(log, room.id, { person: "bob" }), all);
      assert.deepEqual(await readTexts(log, room.id, { person: "bob", newest: true }), all);
      const staff = await readTexts(log, room.id, { person: "bob", audience: "staff", from: 3 });
      assert.deepEqual(staff, ["3:held", "3:n2", "3:m2", "4:three", "4:n3"]);
    }),
  );

  test(
    "L3.7 an entry for one person MUST be within a range when it stands beside an entry of it, so that none is lost",
    withLog(async (log) => {
      const room = await aRoomWithNotices(withPerson("bob"), await aRoom(log));
      const expected = new Map([
        [1, ["0:n0", "1:one"]],
        [2, ["2:two", "2:n2", "2:m2"]],
        [3, ["2:n2", "2:m2", "3:three", "3:n3"]],
        [4, ["3:n3"]],
      ]);
      for (const [at, texts] of expected) {
        for (const newest of [false, true]) {
          assert.deepEqual(await readTexts(log, room.id, { person: "bob", newest, from: at, to: at }), texts);
        }
      }
    }),
  );

  test(
    "L3.8 entries for one person MUST NOT keep a reader from going on, however many stand before the next entry",
    withLog(async (log) => {
      const room = await aRoom(log);
      const notices = Array.from({ length: 5 }, (_, i) => withPerson("bob")(`n${i}`));
      for (const text of ["one", "two", "three"]) await room.say([...notices, text]);
      for (const bound of [{ entriesMax: 2 }, { bytesMax: 3 }]) {
        const seen = [];
        for (let from = 1; from <= 3;) {
          const { entries } = await readFrom(log, room.id, { ...bound, from, person: "bob" });
          const shared = entries.filter(({ item }) => item.scope === "all").map(({ seq }) => seq);
          assert.ok(shared.length > 0);
          seen.push(...shared);
          from = (seen.at(-1) ?? 0) + 1;
        }
        assert.deepEqual(seen, [1, 2, 3]);
      }
    }),
  );
}

function overlaysContract(withLog: WithLog): void {
  test(
    "L4.1 an overlay MUST apply at once to every reader but staff, whether its entry is older, as old or newer",
    withLog(async (log, reopen) => {
      const room = await aRoom(log);
      await room.say([{ text: "older", id: "A" }]);
      const overlays = ["A", "B", "C"].map((id) => replaced(id, `${id} replaced`));
      await room.say([{ text: "same", id: "B" }, withPerson("bob")("own", "C")], { overlays });
      await room.say([{ text: "newer", id: "C" }]);
      const again = reopen();
      assert.deepEqual(await readTexts(again, room.id, { person: "bob" }), [
        "1:A replaced",
        "2:B replaced",
        "2:C replaced",
        "3:C replaced",
      ]);
      assert.deepEqual(await readTexts(again, room.id, { audience: "staff" }), [
        "1:older",
        "2:same",
        "3:newer",
      ]);
      const { entries } = await readFrom(again, room.id, { to: 1 });
      assert.equal(entries[0]?.original, true);
      assert.equal((await readFrom(again, room.id, { audience: "staff" })).entries[0]?.original, false);
    }),
  );

  test(
    "L4.2 the latest overlay of a message MUST count, and one without bytes MUST bring the original back",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say([{ text: "text", id: "A" }]);
      const steps = [
        { overlays: [replaced("A", "newer")], expected: "1:newer" },
        { overlays: [replaced("A", "lost"), redacted("A", "gone")], expected: "1:gone" },
        { overlays: [restored("A")], expected: "1:text" },
        { overlays: [replaced("A", "")], expected: "1:" },
      ];
      for (const { overlays, expected } of steps) {
        await room.say([], { overlays });
        assert.deepEqual(await readTexts(log, room.id), [expected]);
      }
    }),
  );

  test(
    "L4.3 a tombstone MUST replace everything about its message, a newer text the message alone",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say([
        { text: "text", id: "A" },
        { text: "pin", k: "pinned", about: "A" },
        { text: "else", k: "settings" },
      ]);
      await room.say([], { overlays: [replaced("A", "newer")] });
      assert.deepEqual(await readTexts(log, room.id), ["1:newer", "2:pin", "3:else"]);
      await room.say([], { overlays: [redacted("A", "gone")] });
      assert.deepEqual(await readTexts(log, room.id), ["1:gone", "2:gone", "3:else"]);
    }),
  );

  test(
    "L4.5 a reply MUST lose its quote of a message that is gone, for all but staff",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say([{ text: "é", id: "A" }]);
      await room.say(["é re:<é>", "é"].map((text, i) => (i === 0 ? { text, quoting: "A" } : { text })));
      await room.say([], { overlays: [replaced("A", "newer")] });
      assert.deepEqual(await readTexts(log, room.id), ["1:newer", "2:é re:<é>", "3:é"]);
      await room.say([], { overlays: [redacted("A", "gone")] });
      assert.deepEqual(await readTexts(log, room.id), ["1:gone", "2:é re:<>", "3:é"]);
      assert.deepEqual(await readTexts(log, room.id, { audience: "staff" }), ["1:é", "2:é re:<é>", "3:é"]);
      await room.say([], { overlays: [restored("A")] });
      assert.deepEqual(await readTexts(log, room.id, { newest: true }), ["1:é", "2:é re:<é>", "3:é"]);
    }),
  );

  test(
    "L4.6 a message MUST be found at its place in an audience, with its newest text and what stands in its place",
    withLog(async (log) => {
      const room = await aRoom(log);
      await room.say([
        { text: "held", scope: "staff" },
        { text: "text", id: "A" },
        { text: "pin", k: "pinned", id: "P" },
      ]);
      const found = async (audience: Audience, at: number, id = "A"): Promise<unknown> => {
        const place = { audience, seq: seq(at), id: entryId(id) };
        const stored = await ask<StoredMessage | null | "no-such-room">((done) =>
          log.find(room.id, place, done),
        );
        if (stored === null || stored === "no-such-room") return stored;
        return [stored.original, stored.newest, stored.tombstone].map((bytes) => bytes && textOf(bytes));
      };
      assert.deepEqual(await found("public", 1), ["text", null, null]);
      assert.deepEqual(await found("staff", 2), ["text", null, null]);
      for (const [at, id] of [
        [2, "A"],
        [1, "B"],
        [9, "A"],
        [2, "P"],
      ] as const)
        assert.equal(await found("public", at, id), null);
      await room.say([], { overlays: [replaced("A", "newer")] });
      await room.say([], { overlays: [redacted("A", "gone")] });
      assert.deepEqual(await found("public", 1), ["text", "newer", "gone"]);
      await room.say([], { overlays: [restored("A")] });
      assert.deepEqual(await found("public", 1), ["text", null, null]);
      const nowhere = { audience: "public", seq: seq(1), id: entryId("A") } as const;
      assert.equal(await ask((done) => log.find(roomId("nowhere"), nowhere, done)), "no-such-room");
    }),
  );

  test(
    "L4.4 an overlay of one room MUST NOT apply in another",
    withLog(async (log) => {
      const [one, two] = [await aRoom(log, "one"), await aRoom(log, "two")];
      await one.say([{ text: "text", id: "A" }]);
      await two.say([{ text: "text", id: "A" }], { overlays: [replaced("A", "newer")] });
      assert.deepEqual(await readTexts(log, one.id), ["1:text"]);
    }),
  );
}

type OfPerson = (text: string, about?: string) => Parameters<Room["say"]>[0][number] & object;

function withPerson(person: string): OfPerson {
  return (text, about) => ({
    text,
    scope: "person",
    person,
    k: about === undefined ? "notice" : "message",
    ...(about === undefined ? {} : { id: about }),
  });
}

/** Notices before, between and after the entries, inside records and in records of their own. */
async function aRoomWithNotices(notice: OfPerson, room: Room): Promise<Room> {
  await room.say([notice("n0"), "one"]);
  await room.say(["two", { text: "held", scope: "staff" }, notice("n2")]);
  await room.say([]);
  await room.say([notice("m2"), "three"]);
  await room.say([notice("n3")]);
  return room;
}
