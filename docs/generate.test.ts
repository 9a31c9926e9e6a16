import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { refusalReasons } from "@chorus/protocol/refusals.ts";
import { requestSchemas } from "@chorus/protocol/requests.ts";
import { frameSchemas } from "@chorus/protocol/frames.ts";
import { Compile } from "typebox/compile";
import { readExamples } from "./examples.ts";
import { generatedFiles, root } from "./generated.ts";
import { protocolPage } from "./protocol-page.ts";
import { schemaDocument } from "./protocol-schema.ts";

test("P4.1 what is generated from the protocol is as it would be generated now", async () => {
  for (const { path, text } of await generatedFiles()) {
    const committed = readFileSync(join(root, path), "utf8");
    assert.ok(committed === text, `${path} is not up to date. Run \`npm run docs\`.`);
  }
});

test("P4.2 the page has a section for every request and frame, and says all refusals and limits", () => {
  const page = protocolPage(readExamples());
  for (const kind of [...Object.keys(requestSchemas), ...Object.keys(frameSchemas)]) {
    const [, section = ""] = page.split(`\n### ${kind}\n`);
    assert.match(section, /^\n[A-Z][^|]+\.\n\n\| Field/, `${kind} has a description and a table of fields.`);
    assert.match(section.split("\n### ")[0] ?? "", /```json/, `${kind} has an example.`);
  }
  for (const reason of refusalReasons) assert.ok(page.includes(`| \`${reason}\` |`), reason);
  for (const name of Object.keys(limits)) assert.ok(page.includes(`| \`${name}\` |`), name);
  assert.doesNotMatch(page, /undefined|\[object/);
});

test("P4.3 every field has a meaning", () => {
  let last = "";
  for (const row of protocolPage(readExamples()).split("\n")) {
    const cells = row.split(" | ");
    if (!row.startsWith("| ")) last = "";
    else if (last === "") last = cells.at(-1) ?? "";
    else if (last === "Meaning |") assert.match(cells.at(-1) ?? "", /^\S/, row);
  }
});

test("P4.4 the JSON Schema accepts the same examples", () => {
  const { $defs, ...document } = schemaDocument() as { $defs: Record<string, object> };
  const validator = Compile({ ...document, $defs });
  for (const { kind, value } of readExamples().valid) {
    if (kind.startsWith("entry.") || kind === "claims") continue;
    assert.ok(validator.Check(value), kind);
    assert.ok(!validator.Check({ ...(value as object), t: "shout" }), kind);
  }
});
