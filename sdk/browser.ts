/** What a page tells a client, where there is a page. Elsewhere nothing is heard and nothing is stored. */
export type PageNews = "online" | "shown" | "hidden";

/** The part of the Web Storage interface that is used. */
export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** @returns a function that stops listening. */
export function watchPage(tell: (news: PageNews) => void): () => void {
  if (typeof document === "undefined") return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  const told: Record<string, () => PageNews> = {
    online: () => "online",
    pagehide: () => "hidden",
    pageshow: () => "shown",
    visibilitychange: sight,
  };
  for (const [name, news] of Object.entries(told)) addEventListener(name, () => tell(news()), { signal });
  tell(sight());
  return () => stop.abort();
}

function sight(): PageNews {
  return document.visibilityState === "hidden" ? "hidden" : "shown";
}

/** The tab's own storage, which a reload survives. Null where there is none or the visitor forbids it. */
export function tabStorage(): KeyValueStorage | null {
  if (typeof document === "undefined") return null;
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
}

/** Null for what is not there, cannot be read, or was not stored by `store`. */
export function stored(storage: KeyValueStorage | null, key: string): unknown {
  try {
    return JSON.parse(storage?.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** A storage that is full or forbidden costs the survival of a reload, nothing else. */
export function store(storage: KeyValueStorage, key: string, value: unknown): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // Kept in memory only.
  }
}
