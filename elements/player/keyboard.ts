/** What a key means to the player. Seconds, and parts of the whole loudness. */
export type Order =
  | { readonly do: "toggle" | "mute" | "full-screen" | "live" | "start" }
  | { readonly do: "seek"; readonly seconds: number }
  | { readonly do: "volume"; readonly by: number };

export type Key = {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
};

/** Where the focus is: a button presses itself, a slider of the volume moves itself. */
export type Focus = "button" | "volume" | "elsewhere";

const orders: Readonly<Record<string, Order>> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  m: { do: "mute" },
  f: { do: "full-screen" },
  ArrowLeft: { do: "seek", seconds: -5 },
  ArrowRight: { do: "seek", seconds: 5 },
  j: { do: "seek", seconds: -10 },
  l: { do: "seek", seconds: 10 },
  ArrowUp: { do: "volume", by: 0.05 },
  ArrowDown: { do: "volume", by: -0.05 },
  End: { do: "live" },
  Home: { do: "start" },
};
const ofSliders = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "End", "Home"]);

/** Null for keys that are not the player's, or mean something where the focus is, or belong to the browser. */
export function orderOf({ key, ctrlKey, altKey, metaKey }: Key, focus: Focus): Order | null {
  if (ctrlKey || altKey || metaKey) return null;
  if (focus === "button" && key === " ") return null;
  if (focus === "volume" && ofSliders.has(key)) return null;
  return orders[key.length === 1 ? key.toLowerCase() : key] ?? null;
}
