import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SanctionKind } from "@chorus/protocol/entries.ts";
import type { Reply } from "@chorus/protocol/frames.ts";
import { type EntryId, entryId, type PersonId, splitKey, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { defaultRoomSettings } from "@chorus/protocol/default-room-settings.ts";
import { isEntry } from "@chorus/protocol/parse.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { type Audience, inAudience } from "../record.ts";
import {
  aRoom,
  type CommandInput,
  memoryOf,
  type Person,
  type Room,
  throughJson,
  type Wish,
} from "./cast.fixture.ts";
import { foldOf } from "./fold.fixture.ts";
import type { Input } from "./inputs.ts";
import { replay } from "./room.ts";
import { fromSnapshot, takeSnapshot } from "./snapshot.ts";

const people = 9;
const cast = (room: Room): Person[] => [
  room.viewer("ada"),
  room.viewer("bob"),
  room.viewer("eve"),
  room.guest("guest-1"),
  room.guest("guest-2", "Gus"),
  room.person("nameless", "viewer", { name: null }),
  room.moderator("mod"),
  room.moderator("mia"),
  room.host("host"),
];

test("R3.10 a snapshot from any time and the records since give the room that was never stopped", () => {
  always((played) => {
    const expected = memoryOf(played.room.state);
    for (const { offset, snapshot } of played.snapshots) {
      const restored = fromSnapshot(snapshot);
      for (const draft of played.room.drafts.slice(offset)) replay(restored, throughJson(draft));
      assert.deepEqual(memoryOf(restored), expected);
    }
  });
});

test("R3.15 what settings of an earlier version lack is as in a room that nobody has set", () => {
  const room = aRoom({ removed: "gone" });
  const { removed, timeouts, emotes, framedBy, ...past } = defaultRoomSettings;
  const whole = { ...past, removed, timeouts, emotes, framedBy };
  const snapshot = takeSnapshot(room.state);
  const restored = fromSnapshot({ ...snapshot, plain: { ...snapshot.plain, settings: past } });
  assert.deepEqual(restored.settings, whole);
  const { draft } = room.host("host").sets({ title: "Then" });
  assert.ok(draft !== null);
  const entries = draft.entries.map((entry) =>
    entry.body.k === "settings" ? { ...entry, body: { ...entry.body, settings: past } } : entry,
  );
  replay(restored, { ...draft, entries });
  assert.deepEqual(restored.settings, whole);
});

test("R3.11 whatever came between, the same key gets the same answer and makes nothing", () => {
  always(({ room, confirmed }) => {
    const newest = new Map<PersonId, number>();
    for (const { input } of confirmed) {
      newest.set(input.actor.id, Math.max(counterOf(input), newest.get(input.actor.id) ?? 0));
    }
    for (const { input, reply } of confirmed) {
      if (counterOf(input) <= Number(newest.get(input.actor.id)) - limits.retriesPerSession) continue;
      const again = room.takes({ ...input, id: room.nextId() });
      assert.deepEqual([again.draft, again.reply], [null, reply]);
    }
  });
});

test("R2.5 offsets and seqs have no holes, ids are unique in an audience, time does not go back", () => {
  always(({ room: { drafts } }) => {
    const at = { offset: 0, public: 0, staff: 0, time: 0 };
    const ids: Record<Audience, Set<EntryId>> = { public: new Set(), staff: new Set() };
    for (const { offset, at: now, publicFrom, publicTo, staffFrom, staffTo, entries } of drafts) {
      assert.deepEqual([offset, publicFrom, staffFrom], [at.offset + 1, at.public + 1, at.staff + 1]);
      assert.ok(now >= at.time);
      for (const audience of ["public", "staff"] as const) {
        const heard = entries.filter(({ scope }) => inAudience(scope, audience));
        at[audience] += heard.length;
        for (const { body } of heard) {
          assert.ok(body.time === now && !ids[audience].has(body.id) && isEntry(body), JSON.stringify(body));
          ids[audience].add(body.id);
        }
      }
      assert.deepEqual([publicTo, staffTo], [at.public, at.staff]);
      at.offset = offset;
      at.time = now;
    }
  });
});

test("R4.5 a view is what the entries of its audience come to", () => {
  always(({ room }) => {
    for (const audience of ["public", "staff"] as const) {
      const { entries, pins, settings, ...view } = audience === "public" ? room.sees() : room.staffSees();
      const position = audience === "public" ? view.publicSeq : view.staffSeq;
      assert.deepEqual({ entries, pins, settings, position }, foldOf(room.drafts, audience));
    }
  });
});

test("M4.19 nothing held or shadowed is ever in what the public gets, nor in what another person gets", () => {
  always(({ room }) => {
    const hidden = new Map<EntryId, string[]>();
    const shadows = new Map<PersonId, number | null>();
    const texts = (): string[] => [...hidden.values()].flat().filter((text) => text !== "same");
    for (const { scope, person, body } of room.drafts.flatMap(({ entries }) => entries)) {
      if (body.k === "sanction" && body.what === "shadow") shadows.set(body.person, body.until);
      if (body.k === "lifted" && body.what === "shadow") shadows.delete(body.person);
      if (body.k === "held") hidden.set(body.message.id, [body.message.text]);
      if (body.k === "message" && scope === "staff") hidden.set(body.id, [body.text]);
      if (body.k === "edited" && scope === "staff") hidden.get(body.of)?.push(body.text);
      if (body.k === "message" && scope === "person") assert.equal(person, body.by);
      if (scope !== "all") continue;
      if (body.k === "message") {
        hidden.delete(body.id);
        const until = shadows.get(body.by);
        const free = until === undefined || (until !== null && until <= body.time) || body.role === "host";
        assert.ok(free, "a shadow-banned author is heard");
      }
      assert.ok(tells(body, texts()) === undefined);
    }
    const { entries, pins } = room.sees();
    assert.ok(tells([entries, pins], texts()) === undefined);
    const overlays = room.drafts.flatMap((draft) => draft.overlays);
    assert.ok(overlays.every(({ body }) => body?.k !== "message" || body.shadow === undefined));
  });
});

test("M4.20 a removed message is nowhere in the view, nor in a quote", () => {
  always(({ room }) => {
    const gone = [...room.state.messages.values()].filter(
      ({ state }) => state === "removed" || state === "withdrawn",
    );
    const texts = gone.map(({ message }) => message.text).filter((text) => text !== "same");
    const { entries, pins } = room.sees();
    assert.equal(tells([entries, pins], texts), undefined);
  });
});

test("R3.12 a snapshot is a room of its own", () => {
  const room = aRoom();
  const ada = room.viewer("ada");
  const said = ada.says("helo");
  const snapshot = takeSnapshot(room.state);
  const before = throughJson(snapshot);
  ada.edits(said.id, "hello");
  ada.retracts(said.id);
  assert.deepEqual(snapshot, before);
  const [one, other] = [fromSnapshot(snapshot), fromSnapshot(snapshot)];
  for (const draft of room.drafts.slice(1)) replay(one, draft);
  assert.deepEqual(takeSnapshot(other), before);
});

test("R3.13 a record that is not the next is refused", () => {
  const room = aRoom();
  room.viewer("ada").says("hi");
  const [draft] = room.drafts;
  assert.ok(draft !== undefined);
  assert.throws(() => replay(room.state, draft), /cannot replay record 1/);
});

/** Drawn for one batch: `ms` later these arrive together. Numbers stand for whom and what; they are taken modulo. */
type Batch = { ms: number; deeds: Deed[] };
type Deed = {
  who: number;
  what: string;
  whom: number;
  which: number;
  seconds: number;
  yes: boolean;
};
type Played = {
  room: Room;
  confirmed: { input: CommandInput; reply: Reply }[];
  snapshots: { offset: number; snapshot: ReturnType<typeof takeSnapshot> }[];
};

const kinds = (
  "say say say say say say say say edit edit retract retract again again " +
  "remove restore approve approve reject pin pin unpin mute timeout ban shadow shadow lift lift lift " +
  "open moderated settings taps lease keep-tally staff"
).split(" ");

const batches: fc.Arbitrary<Batch[]> = fc.array(
  fc.record({
    ms: fc.constantFrom(0, 10, 1_000, 6_000, 31_000, 120_000, 301_000, -5_000),
    deeds: fc.array(
      fc.record({
        who: fc.nat(people - 1),
        what: fc.constantFrom(...kinds),
        whom: fc.nat(people - 1),
        which: fc.nat(30),
        seconds: fc.constantFrom(0, 1, 60),
        yes: fc.boolean(),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  }),
  { minLength: 8, maxLength: 30 },
);

function always(holds: (played: Played) => void): void {
  fc.assert(
    fc.property(batches, (plan) => holds(play(plan))),
    { numRuns: 100, seed: 17 },
  );
}

function play(plan: readonly Batch[]): Played {
  const room = aRoom();
  const actors = cast(room);
  const sent: CommandInput[] = [];
  const said: CommandInput[] = [];
  const answered = new Map<string, { input: CommandInput; reply: Reply }>();
  const snapshots: Played["snapshots"] = [];
  for (const { ms, deeds } of plan) {
    room.waits(ms);
    const inputs = deeds.map((deed) => inputOf(room, actors, said, sent, deed));
    const commands = inputs.filter((input) => input.i === "command");
    const { answers } = room.takes(...inputs);
    assert.equal(answers.length, commands.length);
    for (const [i, input] of commands.entries()) {
      const reply = answers[i]?.reply;
      assert.ok(reply !== undefined && reply.t !== undefined);
      sent.push(input);
      if (input.command.t === "say" && reply.t !== "refused") said.push(input);
      if (reply.t === "refused") continue;
      const first = answered.get(input.command.key);
      if (first === undefined) answered.set(input.command.key, { input, reply });
      else assert.deepEqual(reply, first.reply);
    }
    snapshots.push({ offset: room.state.offset, snapshot: throughJson(takeSnapshot(room.state)) });
    assertBounds(room);
  }
  room.takes({ i: "keep-tally" });
  return { room, confirmed: [...answered.values()], snapshots };
}

function inputOf(
  room: Room,
  actors: readonly Person[],
  said: readonly CommandInput[],
  sent: readonly CommandInput[],
  deed: Deed,
): Input {
  const { which, seconds, yes } = deed;
  const who = at(actors, deed.who);
  const person = at(actors, deed.whom)?.id;
  assert.ok(who !== undefined && person !== undefined);
  const own = said.filter(({ actor }) => actor.id === who.id);
  const id = at(said, which)?.id ?? entryId("entry-unknown");
  const ownId = (yes ? at(own, which)?.id : undefined) ?? id;
  const text = which % 8 === 0 ? "same" : `«${room.nextId()}»`;
  const until = seconds === 0 ? {} : { seconds };
  const wishes = (wish: Wish): CommandInput => who.wishes(wish);
  /** Staff act more often than their share of the cast, or little would be moderated. */
  const acts = (act: Moderation): CommandInput =>
    (which % 8 === 0 ? who : (at(actors, 6 + (deed.whom % 3)) ?? who)).wishes({ t: "moderate", act });
  switch (deed.what) {
    case "say":
      return wishes({ t: "say", text, ...(yes ? { reply: ownId, at: time(room.now - 1_000) } : {}) });
    case "edit":
      return wishes({ t: "edit", id: ownId, text });
    case "retract":
      return wishes({ t: "retract", id: ownId });
    case "again": {
      const earlier = at(sent, which);
      return earlier === undefined ? wishes({ t: "say", text }) : { ...earlier, id: room.nextId() };
    }
    case "remove":
      return acts({ do: "retract", id, why: "spam" });
    case "restore":
    case "approve":
    case "pin":
    case "unpin":
      return acts({ do: deed.what, id });
    case "reject":
      return acts({ do: "reject", id, why: "other", text: "no" });
    case "timeout":
      return acts({ do: "timeout", person, why: "spam", seconds: 1 + seconds, purge: yes });
    case "mute":
    case "ban":
    case "shadow":
      return acts({ do: deed.what, person, why: "hate", purge: yes, ...until });
    case "lift":
      return acts({
        do: "lift",
        person,
        what: at(["mute", "ban", "shadow"] as SanctionKind[], which) ?? "mute",
      });
    case "open":
    case "moderated":
      return acts({ do: "settings", settings: { mode: deed.what, slowMs: seconds * 100 } });
    case "settings":
      return acts({
        do: "settings",
        settings: { title: text, emoji: [`${which}`, "🔥"], timeouts: [60, 1 + seconds] },
      });
    case "taps":
      return { i: "taps", taps: { "🔥": 1 + which, [`${which}`]: 2 } };
    case "lease":
      return { i: "lease", gateway: `g${which % 3}`, viewers: which };
    case "keep-tally":
      return { i: "keep-tally" };
    case "staff":
      return { i: "staff", person, role: yes ? "moderator" : "viewer", skeleton: "ada" };
    default:
      throw new Error(`Nobody knows how to ${deed.what}.`);
  }
}

function assertBounds({ state }: Room): void {
  assert.ok(state.pins.size <= limits.pinsMax && state.messages.size <= limits.messagesRemembered);
  assert.equal(
    Array.from(state.messages.values()).filter((known) => known.state !== "visible").length,
    state.messagesGone,
  );
  assert.ok(state.held.size <= limits.heldMax && state.reactions.size <= limits.emojiPerRoomMax);
  for (const { times } of state.people.values()) assert.ok(times.length <= limits.paceMessages);
  for (const { done, last } of state.retries.sessions.values())
    assert.ok([...done, last].join("").split(" ").length - 1 <= 3 * limits.retriesPerSession);
}

function tells(of: unknown, secrets: readonly string[]): string | undefined {
  const text = JSON.stringify(of);
  return secrets.find((secret) => text.includes(secret));
}

function counterOf(input: CommandInput): number {
  return splitKey(input.command.key).counter;
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}
