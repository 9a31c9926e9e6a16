import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EntrySchema } from "./entries.ts";
import type { SchemaNode } from "./explain.ts";
import { frameSchemas } from "./frames.ts";
import {
  explainClaims,
  explainEntry,
  isClaims,
  isEntry,
  parseFrame,
  parsePolled,
  parseRequest,
  ProtocolError,
} from "./parse.ts";
import { polledSchemas } from "./polled.ts";
import { requestSchemas } from "./requests.ts";

type Example = { readonly name: string; readonly kind: string; readonly text: string };
type Invalid = {
  sentence: string;
  frame?: unknown;
  polled?: unknown;
  text?: string;
  entry?: unknown;
  claims?: unknown;
};
type Line = { readonly from: "client" | "server"; readonly frame: { readonly t: string } };

const valid = examplesIn("valid");
const invalid = examplesIn("invalid");
const entryKinds = EntrySchema.anyOf.map(({ properties }) => `entry.${properties.k.const}`);

test("P1.1 every request, frame and entry has a valid example, which parses to itself", () => {
  for (const { name, kind, text } of valid) {
    const value: unknown = JSON.parse(text);
    if (kind.startsWith("entry.")) assert.ok(isEntry(value), `${name}: ${explainEntry(value)}`);
    else if (kind === "claims") assert.ok(isClaims(value), `${name}: ${explainClaims(value)}`);
    else assert.deepEqual(parsed(kind, text), value, name);
  }
  const shown = new Set(valid.map(({ kind }) => kind));
  const all = [requestSchemas, frameSchemas, polledSchemas].flatMap((schemas) => Object.keys(schemas));
  all.push(...entryKinds, "claims");
  assert.deepEqual(
    all.filter((kind) => !shown.has(kind)),
    [],
    "without a valid example",
  );
});

test("P1.1 a valid example is of the kind that its name says", () => {
  for (const { name, kind, text } of valid) {
    if (kind === "claims") continue;
    const value = JSON.parse(text) as { t?: string; k?: string };
    assert.equal(kind, value.k === undefined ? value.t : `entry.${value.k}`, name);
  }
});

test("P1.2 an invalid example is refused with the sentence beside it", () => {
  for (const { name, text } of invalid) {
    const example = JSON.parse(text) as Invalid;
    assert.equal(sentenceFor(example), example.sentence, name);
  }
});

test("P1.3 every request has an invalid example for each way to be wrong", () => {
  const names = invalid.map(({ name }) => name);
  for (const [kind, schema] of Object.entries(requestSchemas)) {
    const faults = ["missing", "type", "unknown"];
    if (mentions(schema as SchemaNode, "pattern")) faults.push("pattern");
    if (mentions(schema as SchemaNode, "minimum") || mentions(schema as SchemaNode, "maxLength"))
      faults.push("bound");
    for (const fault of faults) {
      assert.ok(
        names.some((name) => name.startsWith(`${kind}.${fault}-`)),
        `There is no protocol/examples/invalid/${kind}.${fault}-….json.`,
      );
    }
  }
});

test("P1.4 the conversation of the documentation is made of valid frames, in the order of a first visit", () => {
  const lines = JSON.parse(readFileSync(join(folderOf("conversation.json")), "utf8")) as readonly Line[];
  for (const { from, frame } of lines) {
    const text = JSON.stringify(frame);
    assert.deepEqual(from === "client" ? parseRequest(text) : parseFrame(text), frame);
  }
  const expected = "hello welcome join joined view say ack entries seen";
  assert.equal(lines.map(({ frame }) => frame.t).join(" "), expected);
});

function sentenceFor({ frame, polled, text, claims, entry }: Invalid): string {
  if (claims !== undefined) return isClaims(claims) ? "valid" : explainClaims(claims);
  if (entry !== undefined) return isEntry(entry) ? "valid" : explainEntry(entry);
  try {
    if (polled !== undefined) parsePolled(JSON.stringify(polled));
    else parseRequest(text ?? JSON.stringify(frame));
    return "valid";
  } catch (error) {
    assert.ok(error instanceof ProtocolError);
    return error.message;
  }
}

function parsed(kind: string, text: string): unknown {
  if (kind in polledSchemas) return parsePolled(text);
  return kind in requestSchemas ? parseRequest(text) : parseFrame(text);
}

function mentions(node: SchemaNode, word: keyof SchemaNode): boolean {
  const inner = [
    ...Object.values(node.properties ?? {}),
    ...(node.anyOf ?? []),
    ...(node.items ? [node.items] : []),
  ];
  const named = Object.values(node.patternProperties ?? {});
  return node[word] !== undefined || [...inner, ...named].some((one) => mentions(one, word));
}

/** `say.plain.json` shows a `say`, `entry.message.plain.json` the entry `message`. */
function examplesIn(folder: string): readonly Example[] {
  return readdirSync(folderOf(folder)).map((name) => {
    const [first = "", second = ""] = name.split(".");
    const kind = first === "entry" ? `entry.${second}` : first;
    return { name, kind, text: readFileSync(join(folderOf(folder), name), "utf8") };
  });
}

function folderOf(name: string): string {
  return join(import.meta.dirname, "examples", name);
}
