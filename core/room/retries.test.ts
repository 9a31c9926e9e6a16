import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, key, personId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom } from "./cast.fixture.ts";
import { createRetries, recall, remember, type Retries } from "./retries.ts";
import { fromSnapshot, type RoomSnapshot, takeSnapshot } from "./snapshot.ts";

test("R3.2 a command sent again is done once and answered the same", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const said = ada.says("hi");
  room.waits(limits.sessionIdleMs - 1);
  const again = ada.repeats();
  assert.deepEqual([again.reply, again.draft], [said.reply, null]);
  room.restarts();
  assert.deepEqual(ada.repeats().reply, said.reply);
});

test("R3.2 also after a restart from a snapshot of an earlier version, which has what was done as pairs", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const said = ada.says("hi");
  const snapshot = takeSnapshot(room.state);
  const done = { id: said.id, time: room.state.now, held: false };
  const sessions = snapshot.sessions.map(([name, person, at, high]) => [
    name,
    person,
    at,
    high,
    [[high, done]],
  ]);
  const { retries } = fromSnapshot({ ...snapshot, sessions } as RoomSnapshot);
  assert.deepEqual(retries, room.state.retries);
});

test("R3.3 two copies of a command in one batch are one command", () => {
  const room = aRoom();
  const input = room.viewer("ada").wishes({ t: "say", text: "hi" });
  const { answers, public: entries } = room.takes(input, { ...input, id: room.nextId() });
  assert.equal(entries.length, 1);
  assert.deepEqual(answers[0]?.reply, answers[1]?.reply);
});

test("R3.4 a retry is answered as it was, whatever happened since", () => {
  const room = aRoom({ mode: "moderated" });
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  const said = ada.says("hi");
  moderator.approves(said.id);
  moderator.bans(ada);
  assert.deepEqual(ada.repeats().reply, said.reply);
});

test("R3.5 a refusal is not remembered: the same key is decided afresh", () => {
  const room = aRoom();
  const [ada, moderator] = [room.viewer("ada"), room.moderator("mod")];
  moderator.mutes(ada);
  assert.equal(ada.says("hi").refused, "muted");
  moderator.lifts(ada, "mute");
  assert.equal(ada.repeats().reply?.t, "ack");
});

test("R3.6 a key belongs to one person", () => {
  const room = aRoom();
  const shared = key("session-shared:0");
  const [ada, bob] = [room.viewer("ada"), room.viewer("bob")];
  room.takes(ada.wishes({ t: "say", text: "hi" }, shared));
  assert.equal(room.takes(bob.wishes({ t: "say", text: "ho" }, shared)).public.length, 1);
});

test("R3.7 a key 64 or more behind the newest of its session is too old to be repeated safely", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const says = (counter: number) =>
    room.takes(moderator.wishes({ t: "say", text: `${counter}` }, key(`session-one:${counter}`)));
  for (let counter = 1; counter <= limits.retriesPerSession + 1; counter++) says(counter);
  assert.equal(says(1).refused, "stale-retry");
  assert.equal(says(0).refused, "stale-retry");
  assert.equal(says(2).draft, null);
  says(500);
  assert.equal(says(500 - limits.retriesPerSession).refused, "stale-retry");
  assert.equal(says(501 - limits.retriesPerSession).reply?.t, "ack");
  assert.ok(rememberedIn(room.state.retries) <= limits.retriesPerSession + 16);
});

test("R3.7 however counters jump and come late, a session remembers no more than three times as many", () => {
  const retries = createRetries();
  const done = { id: entryId("a"), time: time(1), held: false };
  for (let high = 0; high < 5_000; high += 1 + ((high * 7) % 90))
    for (let late = 0; late < limits.retriesPerSession; late++) {
      const counter = high - late;
      if (counter < 0 || recall(retries, personId("ada"), "one", counter, time(1)) !== "new") continue;
      remember(retries, personId("ada"), "one", counter, done);
      assert.deepEqual(recall(retries, personId("ada"), "one", counter, time(1)), done);
      assert.ok(rememberedIn(retries) <= 3 * limits.retriesPerSession);
    }
});

function rememberedIn({ sessions }: Retries): number {
  const texts = Array.from(sessions.values(), ({ done, last }) => done.join("") + last);
  return texts.join("").split(" ").length - 1;
}

test("R3.8 a person has 32 sessions; a further one waits until one has been silent for ten minutes", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const says = (session: number) =>
    room.takes(moderator.wishes({ t: "say", text: "hi" }, key(`session-${session}:0`)));
  for (let session = 0; session < limits.sessionsPerPersonMax; session++) says(session);
  room.waits(limits.sessionIdleMs - 1);
  assert.equal(says(99).refused, "busy");
  assert.equal(says(0).draft, null, "what is known is still answered");
  room.waits(1);
  assert.equal(says(99).reply?.t, "ack");
  assert.equal(room.state.retries.sessions.size, limits.sessionsPerPersonMax);
});

test("R3.9 a room remembers 131,072 sessions and forgets only silent ones, the longest silent first, to the minute", () => {
  const retries = createRetries();
  const [ada, bob, newcomer] = [personId("p0"), personId("p1"), personId("newcomer")];
  const begin = time(1_000_000);
  const done = { id: entryId("entry-000001"), time: begin, held: false };
  for (let i = 0; i < limits.sessionsPerRoomMax; i++) {
    remember(retries, personId(`p${i}`), "session-1", 0, done);
  }
  remember(retries, ada, "session-1", 1, { ...done, time: time(begin + 60_000) });
  assert.equal(recall(retries, newcomer, "session-1", 0, begin), "full");
  const later = time(begin + limits.sessionIdleMs);
  assert.equal(recall(retries, newcomer, "session-1", 0, later), "new");
  remember(retries, newcomer, "session-1", 0, { ...done, time: later });
  assert.equal(retries.sessions.size, limits.sessionsPerRoomMax);
  assert.equal(retries.perPerson.size, limits.sessionsPerRoomMax);
  assert.deepEqual(recall(retries, ada, "session-1", 0, begin), done);
  assert.equal(recall(retries, bob, "session-1", 0, begin), "full");
});

test("R3.14 a session is silent since its last command, not since its first", () => {
  const room = aRoom();
  const moderator = room.moderator("mod");
  const says = (session: number, counter: number) =>
    room.takes(moderator.wishes({ t: "say", text: "hi" }, key(`session-${session}:${counter}`)));
  for (let session = 0; session < limits.sessionsPerPersonMax; session++) says(session, 0);
  room.waits(limits.sessionIdleMs - 1);
  says(0, 1);
  room.waits(1);
  assert.equal(says(99, 0).reply?.t, "ack");
  assert.equal(says(0, 0).draft, null);
});
