import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import { defaultWords, loadTools } from "../words/words.ts";
import { parseComposed } from "./composer-commands.ts";
import { obey, type OrderHost } from "./composer-orders.ts";

const tools = await loadTools("en");

const ben = { id: personId("ben"), name: "Ben" };

function told(line: string) {
  const acts: { act: Moderation; done: string; undo: Moderation | undefined }[] = [];
  const ignored: boolean[] = [];
  const said: { sentence: string; undo: (() => void) | undefined }[] = [];
  const host: OrderHost = {
    words: defaultWords(),
    tools,
    model: { name: "Ada", room: { settings: { ...defaultRoomSettings, slowMs: 5_000 } } },
    ignore: (_person, yes) => void ignored.push(yes),
    moderate: (act, done, undo) => void acts.push({ act, done: plain(done), undo }),
    say: (sentence, undo) => void said.push({ sentence: plain(sentence), undo }),
  };
  const parsed = parseComposed(line, true, [ben]);
  assert.ok(parsed.is === "order" && parsed.order.do !== "help", line);
  obey(host, parsed.order);
  return { acts, ignored, said };
}

test("W7.19 what a command did is said, and what can be undone has its way back", () => {
  const lift = { do: "lift", person: ben.id };
  assert.deepEqual(done("/timeout Ben 10m spam"), [
    "Ben cannot write for 10 minutes.",
    { ...lift, what: "timeout" },
  ]);
  assert.deepEqual(done("/ban Ben"), ["Ben is banned from this chat.", { ...lift, what: "ban" }]);
  assert.deepEqual(done("/unban Ben"), ["The restriction of Ben is lifted.", undefined]);
  assert.deepEqual(done("/slow off"), ["Slow mode is off.", { do: "settings", settings: { slowMs: 5_000 } }]);
  assert.deepEqual(done("/mode read-only"), [
    "Only staff may write for now.",
    { do: "settings", settings: { mode: "open" } },
  ]);
});

test("W7.19 ignoring somebody is undone by the same sentence", () => {
  const { ignored, said } = told("/ignore Ben");
  assert.equal(said[0]?.sentence, "You no longer see what Ben writes.");
  said[0]?.undo?.();
  assert.deepEqual(ignored, [true, false]);
});

function done(line: string): unknown[] | undefined {
  return told(line).acts.map(({ done, undo }) => [done, undo])[0];
}

function plain(said: string): string {
  return said.replace(/[\u2068\u2069]/g, "");
}
