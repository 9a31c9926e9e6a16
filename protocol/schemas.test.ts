import assert from "node:assert/strict";
import { test } from "node:test";
import { ClaimsSchema } from "./claims.ts";
import { EntrySchema } from "./entries.ts";
import { expectation, type SchemaNode } from "./explain.ts";
import { frameSchemas } from "./frames.ts";
import { limits } from "./limits.ts";
import { requestSchemas } from "./requests.ts";

/** The words of `SchemaNode`; the compiler sees to it that none is missing here. */
const words: Readonly<Record<keyof SchemaNode, true>> = {
  type: true,
  description: true,
  const: true,
  enum: true,
  anyOf: true,
  properties: true,
  required: true,
  patternProperties: true,
  additionalProperties: true,
  minProperties: true,
  maxProperties: true,
  items: true,
  minItems: true,
  maxItems: true,
  uniqueItems: true,
  pattern: true,
  expected: true,
  minLength: true,
  maxLength: true,
  minimum: true,
  maximum: true,
};
const roots = { ...requestSchemas, ...frameSchemas, entry: EntrySchema, claims: ClaimsSchema } as const;
const nodes = Object.entries(roots).flatMap(([name, schema]) => nodesIn(name, schema as SchemaNode));

test("P1.12 schemas use only the words that parser, sentences, documentation and generator read", () => {
  for (const [path, node] of nodes) {
    assert.deepEqual(
      Object.keys(node).filter((word) => !(word in words)),
      [],
      path,
    );
    assert.doesNotMatch(expectation(node), /undefined/, path);
    if (node.pattern !== undefined || node.patternProperties !== undefined) {
      assert.notEqual(node.expected, undefined, `${path} does not say in words what its pattern means.`);
    }
  }
});

test("P1.13 what a client may send is bounded at every place and knows its fields", () => {
  const sent = Object.entries(requestSchemas).flatMap(([name, schema]) =>
    nodesIn(name, schema as SchemaNode),
  );
  for (const [path, node] of sent) {
    if (node.type === "object") assert.equal(node.additionalProperties, false, path);
    if (node.type === "array") assert.notEqual(node.maxItems, undefined, path);
    if (node.type === "integer" || node.type === "number") assert.notEqual(node.maximum, undefined, path);
    const fixed = node.const ?? node.enum ?? node.pattern ?? node.maxLength;
    if (node.type === "string") assert.notEqual(fixed, undefined, path);
  }
});

test("P1.14 no pattern takes longer than its input is long", () => {
  const patterns = new Set(
    nodes.flatMap(([, node]) => [node.pattern ?? [], Object.keys(node.patternProperties ?? {})].flat()),
  );
  const atoms = ["a", "0", "-", ".", ":", "*", "!", "🔥", "\u0000", "a:", "0:0", "a-_."];
  const texts = atoms.flatMap((atom) => {
    const long = atom.repeat(Math.ceil(limits.frameBytesMax / atom.length));
    return [long, `${long}\n`, `${long} ${long}`];
  });
  for (const pattern of patterns) {
    assert.match(pattern, /^\^.*\$$/, "anchored at both ends");
    assert.doesNotMatch(pattern, /\)[*+{?]/, `${pattern} repeats a group`);
    const regular = new RegExp(pattern, "u");
    const began = performance.now();
    for (const text of texts) regular.test(text);
    assert.ok(performance.now() - began < 500, `${pattern} took ${performance.now() - began} ms`);
  }
});

function nodesIn(path: string, node: SchemaNode): readonly (readonly [path: string, node: SchemaNode])[] {
  const inner = [
    ...Object.entries({ ...node.properties, ...node.patternProperties }),
    ...(node.anyOf ?? []).map((one, index) => [String(index), one] as const),
    ...(node.items === undefined ? [] : [["[]", node.items] as const]),
  ];
  return [[path, node], ...inner.flatMap(([name, one]) => nodesIn(`${path}.${name}`, one))];
}
