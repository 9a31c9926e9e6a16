import { resolve } from "node:path";
import type { FlagTable } from "./arguments.ts";

export const dataFlag = {
  data: {
    kind: "value",
    hint: "DIR",
    about: "The data directory of `chorus start`. Default: $CHORUS_DATA, else data.",
  },
} as const satisfies FlagTable;

export function dataDirOf(given: string | null): string {
  return resolve(given ?? (process.env["CHORUS_DATA"] || "data"));
}
