import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { createLate } from "./late.ts";

/** What `:name:` stands for: an emoji that everybody has, or a picture of the room. */
export type Emote = { readonly emoji: string } | { readonly url: string };

export type Emotes = {
  /** The same name may be known later: the table of emoji is loaded when the first name is met. */
  of(name: string): Emote | null;
};

/** @param changed more names are known than before. */
export function createEmotes(settings: () => RoomSettings | null, changed: () => void): Emotes {
  const table = createLate(async () => (await import("./shortcodes.ts")).emojiOf, changed);
  let known: { of: RoomSettings["emotes"]; urls: ReadonlyMap<string, string> } | null = null;

  /** A room's own emotes are written exactly; their names may differ in case alone. */
  function urlOf(name: string): string | undefined {
    const own = settings()?.emotes ?? [];
    if (known?.of !== own) known = { of: own, urls: new Map(own.map((one) => [one.name, one.url])) };
    return known.urls.get(name);
  }

  return {
    of(name) {
      const url = urlOf(name);
      if (url !== undefined) return { url };
      if (table.now === null) void table.load();
      const emoji = table.now?.(name) ?? null;
      return emoji === null ? null : { emoji };
    },
  };
}
