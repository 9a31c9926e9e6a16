import type { KeyValueStorage } from "@chorus/sdk/browser.ts";

/** What stays on this machine: names, drafts, choices. Null where the page may not keep anything. */
export function pageStorage(): KeyValueStorage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** For as long as the page may keep it; a storage that is full keeps nothing, and nothing else is wrong then. */
export function remember(key: string, value: string): void {
  try {
    pageStorage()?.setItem(key, value);
  } catch {
    // The visit goes on without.
  }
}
