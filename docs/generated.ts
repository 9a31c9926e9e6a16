import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { wireShape } from "@chorus/protocol/shape.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import { format } from "oxfmt";
import { readExamples } from "./examples.ts";
import { protocolPage } from "./protocol-page.ts";
import { schemaDocument } from "./protocol-schema.ts";

export type Generated = { readonly path: string; readonly text: string };

export const root = join(import.meta.dirname, "..");

/** All files that are made from the protocol, by their paths in the repository, formatted as everything else is. */
export async function generatedFiles(): Promise<readonly Generated[]> {
  const files = [
    { path: "docs/protocol.md", text: protocolPage(readExamples()) },
    { path: "docs/protocol.schema.json", text: JSON.stringify(schemaDocument(), null, 2) },
    { path: "protocol/digest.ts", text: digestSource() },
  ];
  return Promise.all(files.map(formatted));
}

export function currentDigest(): string {
  return createHash("sha256").update(wireShape()).digest("hex");
}

function digestSource(): string {
  return `/** The wire as it was last recorded: SHA-256 of \`wireShape()\`. \`npm run docs\` writes this file. */
export const recorded = {
  version: ${protocolVersion},
  digest: "${currentDigest()}",
} as const;
`;
}

async function formatted({ path, text }: Generated): Promise<Generated> {
  const { printWidth } = JSON.parse(readFileSync(join(root, ".oxfmtrc.json"), "utf8")) as {
    printWidth: number;
  };
  const { code, errors } = await format(path, text, { printWidth });
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return { path, text: code };
}
