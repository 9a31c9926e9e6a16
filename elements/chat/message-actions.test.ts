import assert from "node:assert/strict";
import { test } from "node:test";
import type { Held, Message } from "@chorus/protocol/entries.ts";
import { entryId, key, personId, type PersonId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { defaultRoomSettings, type RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Outcome, Shown, StaffEntry } from "@chorus/sdk/client.ts";
import { defaultWords, loadTools } from "../words/words.ts";
import {
  type ActionHost,
  actionsFor,
  chooseReason,
  reasonIn,
  reasonsIn,
  waitingIn,
} from "./message-actions.ts";
import { aMessage } from "./shown.fixture.ts";

const ada = personId("ada");
const bob = personId("bob");
const words = defaultWords("en-GB", "UTC");
const tools = await loadTools("en-GB", "UTC");
const now = aMessage().time;

function said(message: Shown): Message {
  const { text, name } = message;
  return {
    k: "message",
    id: message.id ?? entryId("none"),
    time: time(now),
    by: bob,
    name,
    role: "viewer",
    text,
  };
}

function held(id: string): Held {
  const message = { ...said(aMessage()), id: entryId(id) };
  return { k: "held", id: entryId(`held-${id}`), time: time(now), message };
}

type Given = {
  grants?: readonly Grant[];
  settings?: Partial<RoomSettings>;
  messages?: readonly Shown[];
  pins?: readonly Message[];
  log?: readonly StaffEntry[];
  ignored?: readonly PersonId[];
  closed?: string | null;
  outcome?: Outcome;
};

/** Ada, and what the element was told to do for her. */
function aHost(given: Given = {}) {
  const { grants = [], settings = {}, messages = [], pins = [], log = [] } = given;
  const acts: Moderation[] = [];
  const undos: (Moderation | undefined)[] = [];
  const heard: string[] = [];
  const ignored = new Set(given.ignored);
  const outcome = given.outcome ?? { status: "confirmed", id: entryId("x"), time: time(now) };
  const host: ActionHost = {
    words,
    tools,
    explain: ({ reason }) =>
      new Map(Object.entries({ ...tools.refusals, ...tools.failures })).get(reason) ?? "",
    now: () => now,
    staff: grants.includes("moderate"),
    closed: given.closed ?? null,
    ignored,
    say: (sentence) => void heard.push(sentence),
    write: (purpose) => void heard.push(purpose.to),
    moderate(act, done, undo) {
      acts.push(act);
      heard.push(done);
      undos.push(undo);
    },
    ignore: (person, yes) => void (yes ? ignored.add(person) : ignored.delete(person)),
    model: {
      you: ada,
      staffLog: log,
      room: {
        pins,
        grants,
        messages,
        settings: { ...defaultRoomSettings, ...settings },
        retract: () => ({ key: key("session1:1"), done: Promise.resolve(outcome) }),
      },
    },
  };
  return { host, acts, undos, heard, ignored };
}

function names(host: ActionHost, message: Shown): string[] {
  return actionsFor(host, message).map(({ name }) => name);
}

function run(host: ActionHost, message: Shown, wanted: string): void {
  const action = actionsFor(host, message).find(({ name }) => name === wanted);
  assert.ok(action, wanted);
  action.run();
}

test("W12.1 a viewer answers, copies and ignores what others say, and can do nothing else to it", () => {
  assert.deepEqual(names(aHost().host, aMessage()), ["reply", "copy", "ignore"]);
  assert.deepEqual(names(aHost({ closed: "Only staff" }).host, aMessage()), ["copy", "ignore"]);
  assert.deepEqual(names(aHost().host, aMessage({ id: null, status: "pending" })), []);
});

test("W12.1 what one said oneself can be changed for five minutes, and taken back", () => {
  const { host } = aHost();
  assert.deepEqual(names(host, aMessage({ by: ada })), ["reply", "edit", "take-back", "copy"]);
  const old = aMessage({ by: ada, time: now - limits.editWithinMs });
  assert.deepEqual(names(host, old), ["reply", "take-back", "copy"]);
  const moderated = aHost({ settings: { mode: "moderated" } }).host;
  assert.ok(!names(moderated, aMessage({ by: ada })).includes("edit"));
});

test("W12.1 of a room that is closed for good only copies can be taken", () => {
  const { host } = aHost({ grants: ["moderate"], settings: { state: "archived" } });
  assert.deepEqual(names(host, aMessage()), ["copy", "ignore"]);
});

test("W12.2 staff delete, time out, ban and pin, and what has a button of its own comes first", () => {
  const { host } = aHost({ grants: ["moderate"] });
  assert.deepEqual(names(host, aMessage()), [
    "reply",
    "delete",
    "pin",
    "timeout-60",
    "timeout-600",
    "timeout-3600",
    "timeout-86400",
    "ban",
    "copy",
    "ignore",
  ]);
  const actions = actionsFor(host, aMessage());
  assert.deepEqual(actions.filter(({ quick }) => quick).length, 2);
  assert.equal(actions.find(({ name }) => name === "timeout-3600")?.label, "Timeout for 1 hour");
});

test("W12.2 nobody is offered what the room refuses: acts against equals, and on what only its author sees", () => {
  const { host } = aHost({ grants: ["moderate"] });
  for (const role of ["moderator", "host"] as const)
    assert.deepEqual(names(host, aMessage({ role })), ["reply", "pin", "copy", "ignore"]);
  const asHost = aHost({ grants: ["moderate", "host"] }).host;
  assert.ok(names(asHost, aMessage({ role: "moderator" })).includes("ban"));
  assert.ok(!names(asHost, aMessage({ role: "host" })).includes("ban"));
  const shadow = names(host, aMessage({ shadow: true }));
  for (const name of ["reply", "delete", "pin"]) assert.ok(!shadow.includes(name), name);
});

test("W12.2 what staff removed can be restored, what its author took back cannot", () => {
  const { host, acts } = aHost({ grants: ["moderate"] });
  const removed = aMessage({ text: "", removed: { by: "staff", why: "spam" } });
  assert.equal(names(host, removed)[0], "restore");
  run(host, removed, "restore");
  assert.deepEqual(acts, [{ do: "restore", id: removed.id }]);
  assert.ok(!names(host, aMessage({ removed: { by: "author", why: null } })).includes("restore"));
});

test("W12.2 acts have a way back, and the reason that was chosen last", () => {
  const { host, acts, undos } = aHost({ grants: ["moderate"] });
  assert.equal(reasonIn(host), "other");
  chooseReason(host, "spam");
  const message = aMessage();
  for (const name of ["delete", "timeout-600", "ban", "pin"]) run(host, message, name);
  assert.deepEqual(acts, [
    { do: "retract", id: message.id, why: "spam" },
    { do: "timeout", person: bob, seconds: 600, why: "spam" },
    { do: "ban", person: bob, why: "spam" },
    { do: "pin", id: message.id },
  ]);
  assert.deepEqual(undos, [
    { do: "restore", id: message.id },
    { do: "lift", person: bob, what: "timeout" },
    { do: "lift", person: bob, what: "ban" },
    { do: "unpin", id: message.id },
  ]);
  assert.equal(reasonIn(aHost().host), "other");
  assert.equal(reasonsIn(host).length, 10);
});

test("W12.2 a pinned message can be unpinned", () => {
  const { host } = aHost({ grants: ["moderate"], pins: [said(aMessage())] });
  assert.ok(names(host, aMessage()).includes("unpin"));
  assert.ok(!names(host, aMessage()).includes("pin"));
});

test("W12.3 what waits is decided on by staff, and only until it is decided", () => {
  const log = [held("waits-1"), held("waits-2"), held("waits-3"), held("waits-4")];
  const decided: StaffEntry[] = [
    ...log,
    {
      k: "act",
      act: "approve",
      of: [entryId("waits-2")],
      id: entryId("act-0001"),
      time: time(now),
      by: ada,
      name: "Ada",
    },
    { k: "rejected", id: entryId("rejected-1"), time: time(now), of: entryId("waits-3"), why: "other" },
  ];
  const { host, acts } = aHost({
    grants: ["moderate"],
    log: decided,
    messages: [aMessage({ id: entryId("waits-4") })],
  });
  assert.ok(host.model);
  assert.deepEqual(
    waitingIn(host.model).map(({ message }) => message.id),
    ["waits-1"],
  );
  const waits = aMessage({ id: entryId("waits-1"), status: "held" });
  assert.deepEqual(names(host, waits).slice(0, 2), ["approve", "reject"]);
  run(host, waits, "reject");
  assert.deepEqual(acts, [{ do: "reject", id: waits.id, why: "other" }]);
  assert.ok(!names(aHost({ log: decided }).host, waits).includes("approve"));
  assert.ok(!names(host, aMessage({ id: entryId("waits-2"), status: "held" })).includes("approve"));
});

test("W12.4 ignoring is said with a way back, and turns into its opposite", () => {
  const { host, ignored, heard } = aHost();
  run(host, aMessage(), "ignore");
  assert.deepEqual([...ignored], [bob]);
  assert.equal(heard[0], tools.actions.nowIgnored("Bob"));
  assert.equal(actionsFor(host, aMessage()).at(-1)?.label, tools.actions.stopIgnoring("Bob"));
  run(host, aMessage(), "ignore");
  assert.equal(ignored.size, 0);
});

test("W12.1 what became of taking back is said in words", async () => {
  for (const [outcome, sentence] of [
    [undefined, tools.actions.tookBack],
    [{ status: "refused", reason: "not-yours", sentence: "" }, tools.refusals["not-yours"]],
    [{ status: "failed", reason: "expired", sentence: "" }, tools.failures.expired],
  ] as const) {
    const { host, heard } = aHost(outcome === undefined ? {} : { outcome });
    run(host, aMessage({ by: ada }), "take-back");
    await Promise.resolve();
    assert.deepEqual(heard, [sentence]);
  }
});
