import type { Shown } from "@chorus/sdk/client.ts";
import type { Gap } from "./gaps.ts";
import { keyOf } from "./message-key.ts";

/** A row of the list. */
export type Item =
  | { readonly key: string; readonly message: Shown }
  | { readonly key: string; readonly gap: Gap }
  | { readonly key: string; readonly mark: "beginning" };

/** The rows of messages, each gap before the message that it belongs to; a gap that has none yet stands last. */
export function itemsOf(messages: Iterable<Shown>, gaps: readonly Gap[]): Item[] {
  const items: Item[] = [];
  if (gaps.length === 0) {
    for (const message of messages) items.push({ key: keyOf(message), message });
    return items;
  }
  const before = Map.groupBy(gaps, (gap) => gap.before);
  const put = (key: string | null) => {
    for (const gap of before.get(key) ?? []) items.push({ key: `gap ${gap.from}`, gap });
  };
  for (const message of messages) {
    const key = keyOf(message);
    put(key);
    items.push({ key, message });
  }
  put(null);
  return items;
}
