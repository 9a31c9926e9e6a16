import assert from "node:assert/strict";
import { test } from "node:test";
import type { Act, Lifted, Message, Sanction, SanctionKind } from "@chorus/protocol/entries.ts";
import { entryId, personId, type PersonId, time } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { StaffEntry } from "@chorus/sdk/client.ts";
import { defaultWords, loadTools } from "../words/words.ts";
import type { ActionHost } from "./message-actions.ts";
import { createPeople } from "./people.ts";
import {
  type Deed,
  deedsIn,
  holdingIn,
  type LogModel,
  sentencesOf,
  somebodyIn,
  undoOf,
} from "./staff-lines.ts";

const words = defaultWords("en-GB", "UTC");
const tools = await loadTools("en-GB", "UTC");
const bob = personId("bob");
const first = entryId("message-1");
const second = entryId("message-2");
const signed = { by: personId("ada"), name: "Ada" } as const;
let entries = 0;

function common() {
  entries++;
  return { id: entryId(`entry-${String(entries).padStart(4, "0")}`), time: time(entries * 1_000) };
}

function sanction(what: SanctionKind, until: number | null = null, person: PersonId = bob): Sanction {
  const ends = until === null ? null : time(until);
  return { k: "sanction", ...common(), ...signed, what, person, until: ends, why: "spam" };
}

function lifted(what: SanctionKind): Lifted {
  return { k: "lifted", ...common(), ...signed, what, person: bob };
}

function act(what: Act["act"], ...of: Act["of"]): Act {
  return { k: "act", ...common(), ...signed, act: what, of };
}

function message(id: Message["id"], name: string): Message {
  return {
    k: "message",
    id,
    time: time(1),
    by: personId(name.toLowerCase()),
    name,
    role: "viewer",
    text: "hi",
  };
}

function aModel(log: readonly StaffEntry[], pins: readonly Message[] = []): LogModel {
  return { staffLog: log, people: createPeople(), room: { messages: [], pins } };
}

function undone(model: LogModel, deed: Deed, now = 0): Moderation | null {
  const acts: Moderation[] = [];
  const host: ActionHost = {
    words,
    tools,
    explain: ({ reason }) =>
      new Map(Object.entries({ ...tools.refusals, ...tools.failures })).get(reason) ?? "",
    now: () => now,
    staff: true,
    closed: null,
    ignored: new Set(),
    say() {},
    write() {},
    ignore() {},
    moderate: (given) => void acts.push(given),
    model: null,
  };
  undoOf(host, model, deed, now)?.run();
  return acts[0] ?? null;
}

test("W12.6 the log says who did what to whom, for how long and why", () => {
  const timeout = sanction("timeout", (entries + 1) * 1_000 + 600_000);
  const held = { k: "held", ...common(), message: message(first, "Bob") } as const;
  const log = [held, timeout, act("retract", first), act("retract", first, second), lifted("timeout")];
  const deeds = deedsIn(log);
  assert.equal(deeds.length, 4);
  const plain = sentencesOf(aModel(log), tools, deeds).map((line) => line.replace(/[\u2068\u2069]/gu, ""));
  assert.deepEqual(plain, [
    "Ada timed out Bob for 10 minutes (spam).",
    "Ada deleted a message of Bob.",
    "Ada deleted 2 messages.",
    "Ada lifted the timeout of Bob.",
  ]);
});

test("W12.6 of somebody whom nobody here has heard of the log says so", () => {
  assert.equal(somebodyIn(aModel([]), bob), null);
  assert.equal(somebodyIn(aModel([], [message(first, "Bob")]), bob)?.name, "Bob");
  const deeds = [sanction("ban")];
  assert.match(sentencesOf(aModel(deeds), tools, deeds)[0] ?? "", /somebody/);
});

test("W12.7 what holds can be undone: a sanction is lifted, a deletion restored, a pin taken off", () => {
  const ban = sanction("ban");
  assert.deepEqual(undone(aModel([ban]), ban), { do: "lift", person: bob, what: "ban" });
  const deletion = act("retract", first);
  assert.deepEqual(undone(aModel([deletion]), deletion), { do: "restore", id: first });
  const pin = act("pin", first);
  assert.deepEqual(undone(aModel([pin], [message(first, "Bob")]), pin), { do: "unpin", id: first });
  assert.equal(undone(aModel([pin]), pin), null);
});

test("W12.7 what is over, or was no deed against anybody, has no way back", () => {
  const timeout = sanction("timeout", 5_000);
  assert.notEqual(undone(aModel([timeout]), timeout, 4_999), null);
  assert.equal(undone(aModel([timeout]), timeout, 5_000), null);
  for (const deed of [lifted("ban"), act("restore", first), act("approve", first), act("settings")])
    assert.equal(undone(aModel([deed]), deed), null);
});

test("W12.7 only the newest deed about somebody or something holds", () => {
  const timeout = sanction("timeout");
  const mute = sanction("mute");
  const ban = sanction("ban");
  const deletion = act("retract", first);
  const restoration = act("restore", first);
  const other = act("retract", second);
  const holding = holdingIn([timeout, mute, ban, deletion, restoration, other]);
  assert.deepEqual(new Set(holding), new Set([mute, ban, restoration, other]));
  const lift = lifted("timeout");
  assert.ok(!holdingIn([mute, lift]).has(mute));
});
