import type { Shown } from "@chorus/sdk/client.ts";

/** The same message keeps its key from the first press of Enter on. */
export function keyOf({ key, id }: Pick<Shown, "key" | "id">): string {
  return key ?? id ?? "";
}
