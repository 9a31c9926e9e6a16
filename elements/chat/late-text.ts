import type { Shown } from "@chorus/sdk/client.ts";
import type { Emotes } from "./emotes.ts";
import type { ChatHost } from "./host.ts";
import { createLate } from "./late.ts";

/** What a message says, with its links, mentions and emotes once the code for them is there: most messages have none. */
export type LateText = { of(message: Pick<Shown, "text" | "mentions">, active: boolean): unknown };

/** Whether there may be a link or an emote in it. Mentions are told beside the text. */
export function mayBeRich(text: string): boolean {
  return /:\/\/|www\.|:[\w+-]+:/iu.test(text);
}

/** @param loaded rows are to be drawn again. */
export function createLateText(host: ChatHost, emotes: Emotes, loaded: () => void): LateText {
  const late = createLate(async () => (await import("./rich-text.ts")).richText, loaded);
  return {
    of(message, active) {
      const { text, mentions } = message;
      if (mentions.length === 0 && !mayBeRich(text)) return text;
      if (late.now === null) void late.load();
      return late.now?.(host, message, emotes, active) ?? text;
    },
  };
}
