import { ClaimsSchema } from "@chorus/protocol/claims.ts";
import { EntrySchema } from "@chorus/protocol/entries.ts";
import { frameSchemas } from "@chorus/protocol/frames.ts";
import { polledSchemas } from "@chorus/protocol/polled.ts";
import { requestSchemas } from "@chorus/protocol/requests.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import type { TSchema } from "typebox";

/** The protocol as one JSON Schema document (draft 2020-12): a value is valid if it is a request, a frame or what is polled. */
export function schemaDocument(): unknown {
  const entries = EntrySchema.anyOf.map((schema) => [`entry.${schema.properties.k.const}`, schema] as const);
  const requests = Object.entries(requestSchemas).map(
    ([kind, schema]) => [`request.${kind}`, schema] as const,
  );
  const frames = Object.entries(frameSchemas).map(([kind, schema]) => [`frame.${kind}`, schema] as const);
  const polled = Object.entries(polledSchemas).map(([kind, schema]) => [`polled.${kind}`, schema] as const);
  const definitions: readonly (readonly [name: string, schema: TSchema])[] = [
    ...requests,
    ...frames,
    ["entry", EntrySchema],
    ...entries,
    ...polled,
    ["claims", ClaimsSchema],
  ];
  const names = new Map<unknown, string>(definitions.map(([name, schema]) => [schema, name]));
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:chorus:protocol:${protocolVersion}`,
    title: `Chorus protocol, version ${protocolVersion}`,
    anyOf: [reference("request"), reference("frame"), reference("polled")],
    $defs: {
      request: { anyOf: requests.map(([name]) => reference(name)) },
      frame: { anyOf: frames.map(([name]) => reference(name)) },
      polled: { anyOf: polled.map(([name]) => reference(name)) },
      ...Object.fromEntries(definitions.map(([name, schema]) => [name, written(schema, names, true)])),
    },
  };
}

/** What is defined once is referred to elsewhere. `expected` is ours alone and does not leave the house. */
function written(value: unknown, names: ReadonlyMap<unknown, string>, here = false): unknown {
  if (Array.isArray(value)) return value.map((one) => written(one, names));
  if (typeof value !== "object" || value === null) return value;
  const name = names.get(value);
  if (name !== undefined && !here) return reference(name);
  const fields = Object.entries(value).filter(
    ([word, inner]) => !(word === "expected" && typeof inner === "string"),
  );
  return Object.fromEntries(fields.map(([word, inner]) => [word, written(inner, names)]));
}

function reference(name: string): { $ref: string } {
  return { $ref: `#/$defs/${name}` };
}
