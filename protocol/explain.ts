import type { TSchema } from "typebox";
import { Check } from "typebox/schema";

/** What the protocol uses of JSON Schema: these words and no others. `expected` is ours and says it in words. */
export type SchemaNode = {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";
  readonly description?: string;
  readonly const?: string | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly pattern?: string;
  readonly expected?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
};
type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** As much of what somebody sent is repeated in an answer. */
const echoCharsMax = 64;

/**
 * Says what is wrong with a value that the schema refuses, in a sentence for the developer who sent it: the first
 * fault, field by field in the order of the schema. `whole` names the value itself, as in "this token".
 */
export function explain(schema: TSchema, value: unknown, whole: string): string {
  return faultIn(schema as SchemaNode, value, [], whole);
}

/** Ends the sentence "… must be". */
export function expectation(node: SchemaNode): string {
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(expectation))].join(", or ");
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return `one of ${node.enum.map((one) => JSON.stringify(one)).join(", ")}`;
  switch (node.type) {
    case "string":
      return node.expected ?? `a string${amount(" of ", node.minLength, node.maxLength, "character")}`;
    case "integer":
      return node.expected ?? `a whole number${range(node)}`;
    case "number":
      return `a number${range(node)}`;
    case "boolean":
      return "true or false";
    case "array": {
      const item = node.uniqueItems === true ? "different item" : "item";
      return `a list${amount(" of ", node.minItems, node.maxItems, item)}`;
    }
    case "object":
      return `an object${amount(" with ", node.minProperties, node.maxProperties, "field")}`;
    default:
      return String(node.type);
  }
}

/** What somebody sent, short and harmless: nothing in it commands a terminal or turns the text around it. */
export function quoted(text: string): string {
  const short = text.length <= echoCharsMax ? text : `${text.slice(0, echoCharsMax - 1)}…`;
  return `"${short.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|"/gu, "\ufffd")}"`;
}

/** The field by which the alternatives of a union are told apart, if they are objects that have one. */
export function tagOf(node: SchemaNode): string | undefined {
  const [first, ...others] = node.anyOf ?? [];
  return Object.keys(first?.properties ?? {}).find((name) =>
    [first, ...others].every((one) => {
      const field = one?.properties?.[name];
      return field?.const !== undefined || field?.enum !== undefined;
    }),
  );
}

function faultIn(node: SchemaNode, value: unknown, path: Path, whole: string): string {
  const deeper = isFields(value)
    ? (faultInUnion(node, value, path, whole) ?? faultInFields(node, value, path, whole))
    : faultInList(node, value, path, whole);
  return deeper ?? `${placeOf(path, whole)} must be ${expectation(node)}.`;
}

function faultInUnion(node: SchemaNode, value: Fields, path: Path, whole: string): string | null {
  const tag = tagOf(node);
  if (node.anyOf === undefined || tag === undefined) return null;
  if (!Object.hasOwn(value, tag)) return missing([tag], path);
  const named = node.anyOf.find((one) => isMet(one.properties?.[tag], value[tag]));
  if (named !== undefined) return faultIn(named, value, path, whole);
  const all = node.anyOf.flatMap(({ properties }) => valuesOf(properties?.[tag]));
  return `${quoted(pathText([...path, tag]))} must be ${expectation({ enum: all })}.`;
}

function faultInFields(node: SchemaNode, value: Fields, path: Path, whole: string): string | null {
  if (node.patternProperties !== undefined) return faultInNames(node, value, path, whole);
  const { properties = {}, required = [] } = node;
  const known = Object.keys(properties);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(properties, name));
  if (unknown !== undefined && node.additionalProperties === false) {
    const owner = path.length === 0 ? whole : quoted(pathText(path));
    return `${quoted(pathText([...path, unknown]))} is not a field of ${owner}, which may have: ${known.join(", ")}.`;
  }
  const absent = required.filter((name) => !Object.hasOwn(value, name));
  if (absent.length > 0) return missing(absent, path);
  const wrong = known.find((name) => Object.hasOwn(value, name) && !isMet(properties[name], value[name]));
  return wrong === undefined ? null : faultIn(properties[wrong] ?? {}, value[wrong], [...path, wrong], whole);
}

/** Where the names are data too. */
function faultInNames(node: SchemaNode, value: Fields, path: Path, whole: string): string | null {
  const [[pattern, field] = ["", {}]] = Object.entries(node.patternProperties ?? {});
  const names = Object.keys(value);
  const strange = names.find((name) => !Check({ type: "string", pattern }, name));
  if (strange !== undefined && node.additionalProperties === false) {
    return `In ${quoted(pathText(path))}, the name ${quoted(strange)} must be ${node.expected}.`;
  }
  const wrong = names.find((name) => !isMet(field, value[name]));
  return wrong === undefined ? null : faultIn(field, value[wrong], [...path, wrong], whole);
}

function faultInList(node: SchemaNode, value: unknown, path: Path, whole: string): string | null {
  const { items } = node;
  if (!Array.isArray(value) || items === undefined) return null;
  const wrong = value.findIndex((item: unknown) => !isMet(items, item));
  return wrong === -1 ? null : faultIn(items, value[wrong], [...path, wrong], whole);
}

function missing(names: readonly string[], path: Path): string {
  const all = names.map((name) => quoted(pathText([...path, name])));
  const last = all.pop() ?? "";
  return all.length === 0 ? `${last} is missing.` : `${all.join(", ")} and ${last} are missing.`;
}

function placeOf(path: Path, whole: string): string {
  return path.length === 0 ? whole.charAt(0).toUpperCase() + whole.slice(1) : quoted(pathText(path));
}

function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join("");
}

function isMet(node: SchemaNode | undefined, value: unknown): boolean {
  return node === undefined || Check(node, value);
}

function valuesOf(node: SchemaNode | undefined): readonly string[] {
  return node?.enum ?? (typeof node?.const === "string" ? [node.const] : []);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function range({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined || maximum === undefined)
    return minimum === undefined ? "" : `, ${minimum} or more`;
  return ` from ${minimum} to ${maximum}`;
}

function amount(before: string, least: number | undefined, most: number | undefined, one: string): string {
  const many = most === 1 || (most === undefined && least === 1) ? one : `${one}s`;
  if (most === undefined) return least === undefined ? "" : `${before}at least ${least} ${many}`;
  return `${before}${least === undefined ? "at most" : `${least} to`} ${most} ${many}`;
}
