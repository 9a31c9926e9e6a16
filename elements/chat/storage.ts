import type { KeyValueStorage } from "@chorus/sdk/browser.ts";

/** What stays on this machine: names, drafts, choices. Null where the page may not keep anything. */
export function pageStorage(): KeyValueStorage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
