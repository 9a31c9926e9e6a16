import * as fc from "fast-check";
import type { TSchema } from "typebox";
import type { SchemaNode } from "./explain.ts";

/**
 * Draws values that a schema accepts, from the schema itself: the fourth reader of the one definition. Strings without
 * a pattern are of any code units, also halves of surrogate pairs.
 */
export function arbitraryOf(schema: TSchema): fc.Arbitrary<unknown> {
  return drawn(schema as SchemaNode);
}

function drawn(node: SchemaNode): fc.Arbitrary<unknown> {
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map(drawn));
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case "string":
      return drawnString(node);
    case "integer":
      return fc.oneof(fc.integer(bounds(node, 1_000)), fc.constantFrom(...edges(node)));
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "array":
      return drawnList(node);
    case "object":
      return node.patternProperties === undefined ? drawnObject(node) : drawnRecord(node);
    default:
      return fc.constant(null);
  }
}

function drawnString({ pattern, minLength = 0, maxLength }: SchemaNode): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, "u"));
  const size = { minLength, maxLength: Math.min(maxLength ?? 40, 40) };
  const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));
  return fc.oneof(fc.string({ unit: "binary", ...size }), fc.string({ unit: anyUnit, ...size }));
}

function drawnList({ items = {}, minItems = 0, maxItems, uniqueItems }: SchemaNode): fc.Arbitrary<unknown> {
  const size = { minLength: minItems, maxLength: Math.min(maxItems ?? 4, 4) };
  return uniqueItems === true ? fc.uniqueArray(drawn(items), size) : fc.array(drawn(items), size);
}

function drawnObject({
  properties = {},
  required = [],
  minProperties = 0,
}: SchemaNode): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, node]) => [name, drawn(node)]));
  return fc
    .record(fields, { requiredKeys: [...required], noNullPrototype: true })
    .filter((value) => Object.keys(value).length >= minProperties);
}

function drawnRecord({
  patternProperties = {},
  minProperties = 0,
  maxProperties,
}: SchemaNode): fc.Arbitrary<unknown> {
  const [[pattern, field] = ["^$", {}]] = Object.entries(patternProperties);
  const size = { minKeys: minProperties, maxKeys: Math.min(maxProperties ?? 4, 4), noNullPrototype: true };
  return fc.dictionary(fc.stringMatching(new RegExp(pattern, "u")), drawn(field), size);
}

function bounds({ minimum = 0, maximum }: SchemaNode, span: number): { min: number; max: number } {
  return { min: minimum, max: Math.min(maximum ?? span, minimum + span) };
}

function edges({ minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: SchemaNode): number[] {
  return [minimum, maximum];
}
