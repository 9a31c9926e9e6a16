/** For tests: what a page may keep. @param takes whether there is room in it. */
export function aStorage(takes = true) {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (!takes) throw new Error("full");
      items.set(key, value);
    },
    removeItem: (key: string) => void items.delete(key),
  };
}
