import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { refusalReasons } from "@chorus/protocol/refusals.ts";
import type { Format } from "./format.ts";
import { languages } from "./locale.ts";
import { defaultWords, loadTools, loadWords, type ToolWords, type Words } from "./words.ts";

const english: Words & ToolWords = { ...defaultWords("en-GB", "UTC"), ...(await loadTools("en-GB", "UTC")) };
const arabic: Words & ToolWords = { ...(await loadWords("ar", "UTC")), ...(await loadTools("ar", "UTC")) };
/** Written as they are in every language: keys, commands and what they take. */
const sameEverywhere = /Enter|Shift|\/[a-z]+|\b(?:off|open|moderated|read-only|\d+[smhd])\b/g;

const sara = "سارة";
const text = "نص";
const samples: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  "connection.reconnectingIn": [[7]],
  viewers: [[7]],
  "composer.placeholderAs": [[sara]],
  "composer.slow": [[7]],
  "composer.wait": [[7]],
  "composer.left": [[7]],
  "composer.over": [[7]],
  "composer.replyingTo": [[sara]],
  "composer.suggestionsFound": [[7]],
  "sending.refused": [[text]],
  "list.newMessages": [[7]],
  "list.mentions": [[7]],
  "list.missing": [[7]],
  "message.editedAt": [[text]],
  "message.inReplyTo": [[sara]],
  "message.removed": [["spam"], [null], ["other"]],
  "actions.actionsFor": [[sara]],
  "actions.ignore": [[sara]],
  "actions.stopIgnoring": [[sara]],
  "actions.nowIgnored": [[sara]],
  "actions.noLongerIgnored": [[sara]],
  "moderation.timeoutFor": [[7]],
  "moderation.confirmBan": [[sara]],
  "moderation.deleted": [[7]],
  "moderation.timedOut": [[sara, 7]],
  "moderation.banned": [[sara]],
  "moderation.lifted": [[sara]],
  "moderation.reasonIs": [["spam"]],
  "moderation.waiting": [[7]],
  "moderation.freezeHint": [[text]],
  "card.title": [[sara]],
  "card.firstSeen": [[text]],
  "card.messages": [[7]],
  "card.until": [[text]],
  "log.sanction": ["mute", "timeout", "ban", "shadow"].map((what) => [
    { by: sara, what, whom: "دانة", seconds: 7, why: "spam", text },
  ]),
  "log.lifted": ["mute", "timeout", "ban", "shadow"].map((what) => [sara, what, "دانة"]),
  "log.act": [
    ...["retract", "restore", "approve", "reject", "pin", "unpin"].map((act) => [
      { by: sara, act, count: 7, whom: "دانة", why: "hate", text },
    ]),
    [{ by: sara, act: "settings", whom: null, why: null, text: null }],
  ],
  "log.held": [[sara]],
  notice: [
    ...["muted", "banned"].map((what) => [{ what, until: text, why: "violence" }]),
    ...["lifted", "approved", "rejected"].map((what) => [{ what, until: null, why: null }]),
  ],
  "reactions.react": [
    ["🎉", ""],
    ["🎉", "٧ مرات"],
  ],
  "guest.stay": [[sara]],
  "announce.digest": [[{ messages: 7, mentions: 8, staff: 9 }]],
  "announce.message": [[sara, text]],
  "announce.mention": [[sara, text]],
  "announce.staffMessage": [["مشرف", sara, text]],
  "commands.mistake": [
    [{ m: "unknown-command", word: text, like: null }],
    [{ m: "unknown-command", word: text, like: "ban" }],
    [{ m: "staff-only", command: "ban" }],
    ...["person", "duration?", "why?", "seconds-or-off", "mode"].map((what) => [
      { m: "missing", command: "ban", what },
    ]),
    [{ m: "too-much", command: "ban", words: text }],
    [{ m: "nobody", name: sara }],
    [{ m: "several", name: sara }],
    [{ m: "duration", word: text, secondsMax: 7 }],
    [{ m: "slow", word: text, secondsMax: 7 }],
    [{ m: "mode", word: text }],
    [{ m: "why-too-long", charsMax: 7 }],
  ],
  "picker.found": [[7]],
  "settings.announcementModes.digest": [[7]],
};

test("W6.1 every language has the keys of English, and its functions take the same arguments", async () => {
  for (const language of languages) {
    const words = { ...(await loadWords(language)), ...(await loadTools(language)) };
    assert.deepEqual([...leavesOf(words).keys()].toSorted(), [...leavesOf(english).keys()].toSorted());
    for (const [path, leaf] of leavesOf(words)) {
      assert.equal(arityOf(leaf), arityOf(leavesOf(english).get(path)), `${language} ${path}`);
    }
  }
});

test("W6.2 a function of the catalogue says all that it is told, in every language", () => {
  for (const words of [english, arabic]) {
    const functions = [...leavesOf(words)].filter(([, leaf]) => typeof leaf === "function");
    assert.deepEqual(functions.map(([path]) => path).toSorted(), Object.keys(samples).toSorted());
    for (const [path, leaf] of functions) {
      for (const given of samples[path] ?? []) {
        const said = saidBy(leaf, given);
        for (const part of partsOf(given, words.format)) {
          assert.ok(said.includes(part), `${words.lang} ${path}: ${part} is not in ${said}`);
        }
      }
    }
  }
});

test("W6.3 nothing in the Arabic catalogue is left in English", () => {
  for (const [path, said] of allSaid(arabic)) {
    const own = said.replaceAll(sameEverywhere, "");
    assert.doesNotMatch(own, /[a-z]/i, `${path}: ${said}`);
    if (/\p{L}/u.test(own)) assert.match(own, /\p{Script=Arabic}/u, `${path}: ${said}`);
  }
});

test("W6.4 every refusal has a sentence of its own in every language", () => {
  for (const { refusals } of [english, arabic]) {
    const sentences = refusalReasons.map((reason) => refusals[reason]);
    for (const sentence of sentences) assert.match(sentence, /^.{8,110}[.!]$/u);
    const twice = sentences.filter((sentence, index) => sentences.indexOf(sentence) !== index);
    assert.deepEqual(twice, []);
  }
});

test("W6.5 nothing that is said has a blank too many, a place that was not filled, or a value without words", () => {
  for (const words of [english, arabic]) {
    for (const [path, said] of allSaid(words)) {
      assert.doesNotMatch(said, /\s\s|^\s|\s$|#|undefined|null|NaN|\[object/, `${path}: ${said}`);
      assert.equal(said.split("\u2068").length, said.split("\u2069").length, path);
    }
  }
});

test("W6.6 counts are said as the language counts", () => {
  assert.equal(english.list.newMessages(1), "1 new message");
  assert.equal(english.list.newMessages(1_234), "1,234 new messages");
  assert.match(english.viewers(12_345), /^12\.3K watching$/i);
  assert.deepEqual([0, 1, 2, 3, 11, 100].map(arabic.list.newMessages), [
    "لا رسائل جديدة",
    "رسالة جديدة واحدة",
    "رسالتان جديدتان",
    "3 رسائل جديدة",
    "11 رسالة جديدة",
    "100 رسالة جديدة",
  ]);
});

test("W6.7 numbers, durations and times are written as the locale writes them", async () => {
  const at = Date.UTC(2026, 2, 9, 18, 5, 30);
  const { format } = english;
  assert.equal(format.clock(at), "18:05");
  assert.match(format.moment(at), /^Monday,? 9 March 2026.* 18:05:30$/);
  assert.match(defaultWords("en-US", "UTC").format.clock(at), /^6:05\sPM$/);
  assert.deepEqual([1, 90, 600, 86_400, 0, -5].map(format.duration), [
    "1 second",
    "90 seconds",
    "10 minutes",
    "1 day",
    "0 seconds",
    "0 seconds",
  ]);
  assert.deepEqual([8.2, 60, 754, -1].map(format.countdown), ["0:09", "1:00", "12:34", "0:00"]);
  const ago = [-5, 20, 61, 7_200, 90_000, 40 * 86_400].map((seconds) => format.ago(at - seconds * 1_000, at));
  assert.deepEqual(ago, ["now", "now", "1 minute ago", "2 hours ago", "yesterday", "28 Jan 2026"]);
  const egypt = await loadWords("ar-EG", "UTC");
  assert.equal(egypt.list.newMessages(3), "٣ رسائل جديدة");
  assert.equal(egypt.format.countdown(65), "١:٠٥");
});

test("W6.8 a language without words is answered in English, a tag that is none does no harm", async () => {
  const asked: [string, string, string][] = [
    ["en", "en", "ltr"],
    ["AR-eg", "ar-EG", "rtl"],
    ["ar_SA", "ar-SA", "rtl"],
    ["de-AT", "en-AT", "ltr"],
    ["zh-Hant-TW", "en-TW", "ltr"],
    ["ar-u-nu-latn", "ar", "rtl"],
    ["", "en", "ltr"],
    ["ar--", "ar", "rtl"],
  ];
  for (const [tag, lang, dir] of asked) {
    const words = await loadWords(tag);
    assert.deepEqual([words.lang, words.dir], [lang, dir], tag);
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(..."ar-_e1nuXé"), maxLength: 12 }), async (tag) => {
      assert.notEqual((await loadWords(tag)).list.newMessages(3), "");
    }),
    { numRuns: 50 },
  );
});

test("W6.9 what people wrote keeps its direction inside of a sentence", () => {
  assert.equal(english.composer.replyingTo(sara), `Replying to \u2068${sara}\u2069`);
  assert.equal(arabic.announce.mention("Ada", "hi"), "ذكر \u2068Ada\u2069 اسمك: \u2068hi\u2069");
});

test("W6.10 the staff log says who did what to whom, how long and why", () => {
  const { sanction, act, lifted } = english.log;
  const about = { by: "Ada", whom: "Ben", why: "spam", text: null } as const;
  assert.equal(
    plain(sanction({ ...about, what: "timeout", seconds: 600, text: "links" })),
    "Ada timed out Ben for 10 minutes (spam). “links”",
  );
  assert.equal(plain(sanction({ ...about, what: "ban", seconds: null, why: "other" })), "Ada banned Ben.");
  assert.equal(plain(act({ ...about, act: "retract", count: 1 })), "Ada deleted a message of Ben (spam).");
  assert.equal(
    plain(act({ by: "Ada", act: "retract", count: 500, whom: null, why: null, text: null })),
    "Ada deleted 500 messages.",
  );
  assert.equal(plain(act({ ...about, act: "settings", count: 0, why: null })), "Ada changed the settings.");
  assert.equal(plain(lifted("Ada", "ban", "Ben")), "Ada lifted the ban of Ben.");
});

test("W6.11 a digest says only what there was", () => {
  const { digest } = english.announce;
  assert.equal(digest({ messages: 0, mentions: 0, staff: 0 }), "");
  assert.equal(digest({ messages: 12, mentions: 0, staff: 1 }), "12 new messages and 1 from staff.");
  assert.equal(
    arabic.announce.digest({ messages: 3, mentions: 2, staff: 0 }),
    "3 رسائل جديدة وذُكر اسمك مرتين.",
  );
});

/** Every string and function by its path. What Intl says is no word of ours. */
function leavesOf({
  lang: _lang,
  dir: _dir,
  format: _format,
  ...words
}: Words & ToolWords): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  visit("", words);
  return leaves;

  function visit(path: string, value: unknown): void {
    if (typeof value !== "object" || value === null) {
      leaves.set(path, value);
      return;
    }
    for (const [key, inner] of Object.entries(value)) visit(path === "" ? key : `${path}.${key}`, inner);
  }
}

function allSaid(words: Words & ToolWords): [path: string, said: string][] {
  return [...leavesOf(words)].flatMap(([path, leaf]) =>
    typeof leaf === "function"
      ? (samples[path] ?? []).map((given): [string, string] => [path, saidBy(leaf, given)])
      : [[path, String(leaf)]],
  );
}

function saidBy(leaf: unknown, given: readonly unknown[]): string {
  assert.ok(typeof leaf === "function");
  return String(Reflect.apply(leaf, undefined, [...given]));
}

/** What of the arguments has to be read again: numbers, and texts that are no word of the protocol. */
function partsOf(given: unknown, format: Format): string[] {
  if (typeof given === "number") return [format.number(given)];
  if (typeof given === "string") return /[a-z]/.test(given) ? [] : [given];
  return typeof given === "object" && given !== null
    ? Object.values(given).flatMap((inner) => partsOf(inner, format))
    : [];
}

function arityOf(leaf: unknown): number | null {
  return typeof leaf === "function" ? leaf.length : null;
}

function plain(said: string): string {
  return said.replace(/[\u2068\u2069]/g, "");
}
