import { expectation, type SchemaNode, tagOf } from "@chorus/protocol/explain.ts";
import { code, page, table } from "./markdown.ts";
import { namedLike } from "./named-schemas.ts";

type Row = readonly [field: string, required: string, value: string, meaning: string];

/** What an object consists of: a row for each field, those of nested objects among them. */
export function fieldTable(node: SchemaNode): string {
  const rows = rowsOf(node, "");
  return page(
    table(["Field", "Required", "Must be", "Meaning"], rows),
    ...Object.entries(node.properties ?? {})
      .filter(([, field]) => isChoice(field))
      .map(([name, field]) => choiceTable(name, field)),
  ).trimEnd();
}

/** The value without what it means here, as in "a list of at most 10 items, each: person id". */
export function mustBe(node: SchemaNode): string {
  const named = namedLike(node);
  if (named !== undefined) return `[${named.name}](#${named.anchor})`;
  if (isChoice(node)) return "one of those below";
  if (node.anyOf !== undefined) return node.anyOf.map(mustBe).join(" or ");
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum !== undefined) return node.enum.map(code).join(", ");
  if (node.items !== undefined) return `${expectation(node)}, each: ${mustBe(node.items)}`;
  const [field] = Object.values(node.patternProperties ?? {});
  if (field === undefined) return expectation(node);
  return `${expectation(node)}, each named by ${node.expected}; of each: ${mustBe(field)}`;
}

function rowsOf(node: SchemaNode, prefix: string): readonly Row[] {
  const { properties = {}, required = [] } = node;
  return Object.entries(properties).flatMap(([name, field]) => {
    const own: readonly Row[] = [rowOf(`${prefix}${name}`, required.includes(name), field)];
    return own.concat(nestedRows(field, `${prefix}${name}.`));
  });
}

function rowOf(path: string, required: boolean, field: SchemaNode): Row {
  const meaning = field.description ?? (field.const === undefined ? "" : "What this is");
  return [code(path), required ? "yes" : "", mustBe(field), meaning];
}

function nestedRows(field: SchemaNode, prefix: string): readonly Row[] {
  if (namedLike(field) !== undefined) return [];
  const [inner] = Object.values(field.patternProperties ?? {});
  return inner === undefined ? rowsOf(field, prefix) : rowsOf(inner, `${prefix}*.`);
}

/** Objects told apart by a field, as the acts of a moderator: what they are for, and then every field that one of them has. */
function choiceTable(name: string, node: SchemaNode): string {
  const choices = node.anyOf ?? [];
  const tag = tagOf(node) ?? "";
  const rows = choices.map((one) => {
    const rest = Object.keys(one.properties ?? {}).filter((field) => field !== tag);
    const fields = rest.map(
      (field) => code(field) + (one.required?.includes(field) === true ? "" : " (optional)"),
    );
    return [mustBe(one.properties?.[tag] ?? {}), fields.join(", "), one.description ?? ""];
  });
  const fields = choices
    .flatMap(({ properties = {} }) => Object.entries(properties))
    .filter(([field], index, all) => field !== tag && all.findIndex(([other]) => other === field) === index);
  const meanings = fields.map(([field, schema]) => [
    code(`${name}.${field}`),
    mustBe(schema),
    schema.description ?? "",
  ]);
  return page(
    table([code(`${name}.${tag}`), "Other fields", "What it does"], rows),
    table(["Field", "Must be", "Meaning"], meanings),
  ).trimEnd();
}

function isChoice(node: SchemaNode): boolean {
  return namedLike(node) === undefined && tagOf(node) !== undefined;
}
