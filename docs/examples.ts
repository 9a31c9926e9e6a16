import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The golden frames: what the documentation shows is what the tests parse. */
export type Examples = {
  readonly valid: readonly { readonly kind: string; readonly value: unknown }[];
  readonly conversation: readonly {
    readonly from: "client" | "server";
    readonly frame: { readonly t: string };
  }[];
};

const folder = join(import.meta.dirname, "..", "protocol", "examples");

export function readExamples(): Examples {
  const names = readdirSync(join(folder, "valid")).toSorted();
  return {
    valid: names.map((name) => ({ kind: kindOf(name), value: read("valid", name) })),
    conversation: read("conversation.json") as Examples["conversation"],
  };
}

/** `say.plain.json` shows a `say`, `entry.message.plain.json` the entry `message`. */
function kindOf(name: string): string {
  return name
    .split(".")
    .slice(0, name.startsWith("entry.") ? 2 : 1)
    .join(".");
}

function read(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(folder, ...path), "utf8"));
}
