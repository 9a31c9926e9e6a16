import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { roomModes } from "@chorus/protocol/room-settings.ts";
import { reasonCodes } from "@chorus/protocol/entries.ts";
import {
  commandsFor,
  commandsLike,
  type Mistake,
  type Order,
  parseComposed,
  reasonCharsMax,
  sanctionSecondsMax,
  slowSecondsMax,
  timeoutSecondsDefault,
} from "./composer-commands.ts";
import type { Speaker } from "./mentions.ts";

const ada: Speaker = { id: personId("ada"), name: "Ada" };
const lovelace: Speaker = { id: personId("lovelace"), name: "Ada Lovelace" };
const twins = ["1", "2"].map((id) => ({ id: personId(id), name: "Twin" }));
const people = [ada, lovelace, ...twins];

function ordered(text: string, staff = true): Order {
  const parsed = parseComposed(text, staff, people);
  assert.equal(parsed.is, "order", text);
  return parsed.order;
}

function actOf(text: string): Moderation | null {
  const order = ordered(text);
  return order.do === "moderate" ? order.act : null;
}

function mistaken(text: string, staff = true): Mistake {
  const parsed = parseComposed(text, staff, people);
  assert.equal(parsed.is, "mistake", text);
  return parsed.mistake;
}

function moderate(act: object, person: Speaker | null): object {
  return { do: "moderate", act, person };
}

test("W7.10 what does not begin with a slash and a word is a text", () => {
  for (const text of ["hi", "", "/", "/ ban", "/10", "//ban x", "/usr/bin", "1/2", "see /ban", "/é"]) {
    assert.deepEqual(parseComposed(text, true, people), { is: "text" }, text);
  }
});

test("W7.10 a command that does not exist, or is not for this person, is never said", () => {
  assert.deepEqual(mistaken("/banana x"), { m: "unknown-command", word: "banana", like: "ban" });
  assert.deepEqual(mistaken("/time @Ada"), { m: "unknown-command", word: "time", like: "timeout" });
  assert.deepEqual(mistaken("/me waves"), { m: "unknown-command", word: "me", like: null });
  assert.deepEqual(mistaken("/tim", false), { m: "unknown-command", word: "tim", like: null });
  assert.deepEqual(mistaken("  /ban @Ada", false), { m: "staff-only", command: "ban" });
});

test("W7.11 a timeout has a person, a duration and a reason, of which the last two may be left out", () => {
  const base = { do: "timeout", person: ada.id };
  assert.deepEqual(actOf("/timeout @Ada 10m spam"), { ...base, seconds: 600, why: "spam" });
  assert.deepEqual(actOf("/TIMEOUT ada 90 Off-Topic again and again"), {
    ...base,
    seconds: 90,
    why: "off-topic",
    text: "again and again",
  });
  assert.deepEqual(actOf("/timeout @Ada: 2h being loud"), {
    ...base,
    seconds: 7_200,
    why: "other",
    text: "being loud",
  });
  assert.deepEqual(actOf("/timeout @Ada"), { ...base, seconds: timeoutSecondsDefault, why: "other" });
  assert.deepEqual(actOf("/timeout @Ada spam"), { ...base, seconds: timeoutSecondsDefault, why: "spam" });
  assert.deepEqual(actOf("/timeout @ada lovelace 1d"), {
    ...base,
    person: lovelace.id,
    seconds: 86_400,
    why: "other",
  });
});

test("W7.11 what begins like a duration and is none is a mistake, not a reason", () => {
  for (const word of ["10x", "0", "367d", "999999999d", "1234567890"]) {
    const expected = { m: "duration", word, secondsMax: sanctionSecondsMax };
    assert.deepEqual(mistaken(`/timeout @Ada ${word} spam`), expected);
  }
});

test("W7.11 a ban, its end, slow mode, the mode of a room, and what everybody has", () => {
  assert.deepEqual(
    ordered("/ban @Ada hate speech"),
    moderate({ do: "ban", person: ada.id, why: "hate", text: "speech" }, ada),
  );
  assert.deepEqual(ordered("/unban @Ada"), moderate({ do: "lift", person: ada.id, what: "ban" }, ada));
  const settings = (settings: object) => moderate({ do: "settings", settings }, null);
  assert.deepEqual(ordered("/slow 10"), settings({ slowMs: 10_000 }));
  assert.deepEqual(ordered("/slow 2m"), settings({ slowMs: 120_000 }));
  assert.deepEqual(ordered("/slow OFF"), settings({ slowMs: 0 }));
  for (const mode of roomModes) assert.deepEqual(ordered(`/mode ${mode}`), settings({ mode }));
  assert.deepEqual(ordered("/ignore @Ada", false), { do: "ignore", person: ada });
  assert.deepEqual(ordered("/unignore Ada Lovelace", false), { do: "unignore", person: lovelace });
  assert.deepEqual(ordered("/help", false), { do: "help" });
  for (const why of reasonCodes)
    assert.deepEqual(ordered(`/ban @Ada ${why}`), moderate({ do: "ban", person: ada.id, why }, ada));
});

test("W7.12 a mistake says what is wrong", () => {
  assert.deepEqual(mistaken("/ban"), { m: "missing", command: "ban", what: "person" });
  assert.deepEqual(mistaken("/ban @ "), { m: "missing", command: "ban", what: "person" });
  assert.deepEqual(mistaken("/ban @Adam spam"), { m: "nobody", name: "Adam" });
  assert.deepEqual(mistaken("/ban @Ada-Lee"), { m: "nobody", name: "Ada-Lee" });
  assert.deepEqual(mistaken("/ban @twin"), { m: "several", name: "Twin" });
  assert.deepEqual(mistaken("/unban @Ada please"), { m: "too-much", command: "unban", words: "please" });
  assert.deepEqual(mistaken("/ignore @Ada now"), { m: "too-much", command: "ignore", words: "now" });
  assert.deepEqual(mistaken("/slow"), { m: "missing", command: "slow", what: "seconds-or-off" });
  assert.deepEqual(mistaken("/slow fast"), { m: "slow", word: "fast", secondsMax: slowSecondsMax });
  assert.deepEqual(mistaken("/slow 3601"), { m: "slow", word: "3601", secondsMax: slowSecondsMax });
  assert.deepEqual(mistaken("/mode"), { m: "missing", command: "mode", what: "mode" });
  assert.deepEqual(mistaken("/mode closed"), { m: "mode", word: "closed" });
  const long = "x".repeat(reasonCharsMax + 1);
  assert.deepEqual(mistaken(`/ban @Ada ${long}`), { m: "why-too-long", charsMax: reasonCharsMax });
});

test("W7.12 one person who is known twice is not several", () => {
  const twice = parseComposed("/ban @Ada", true, [ada, { ...ada }]);
  assert.equal(twice.is, "order");
});

test("W7.10 help and completion show what a person may use", () => {
  assert.deepEqual(commandsFor(false), ["help", "ignore", "unignore"]);
  assert.deepEqual(commandsLike("/un", true), ["unignore", "unban"]);
  assert.deepEqual(commandsLike("/un", false), ["unignore"]);
  assert.deepEqual(commandsLike("/", false), ["help", "ignore", "unignore"]);
  assert.deepEqual(commandsLike("/ban ", true), []);
  assert.deepEqual(commandsLike("hi /", true), []);
});

test("W7.10 of any text, a guest's is never an act of moderation", () => {
  const word = fc.constantFrom(
    "/ban",
    "/timeout",
    "/slow",
    "/mode",
    "/ignore",
    "@Ada",
    "10m",
    "spam",
    " ",
    "\n",
    "/",
    "x",
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      const parsed = parseComposed(words.join(" "), false, people);
      assert.ok(parsed.is !== "order" || parsed.order.do !== "moderate");
    }),
  );
});

test("W7.5 the bounds of commands are the protocol's", () => {
  assert.equal(reasonCharsMax, limits.reasonCharsMax);
});
