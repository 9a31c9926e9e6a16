import type { Shown } from "@chorus/sdk/client.ts";
import type { Words } from "../words/words.ts";

/** How much of what is said is read out: nothing, mentions and staff, a summary now and then, or all. */
export type AnnounceMode = "off" | "mentions" | "digest" | "all";

export const digestEveryMs = 30_000;
const sentencesMax = 3;

/**
 * What a screen reader is told of what happens in the list. The list itself is silent: a lively chat would never let anybody
 * hear anything else.
 */
export type Announcer = {
  heard(message: Shown, facts: { mentionsMe: boolean; own: boolean }): void;
  /** The sentences since the last call; empty when there is nothing to say yet. */
  take(now: number): string;
};

export function createAnnouncer(words: () => Words, mode: () => AnnounceMode): Announcer {
  let sentences: string[] = [];
  let counts = { messages: 0, mentions: 0, staff: 0 };
  let toldAt: number | null = null;

  function sentenceOf(message: Shown, mentionsMe: boolean): string | null {
    const { announce, roles } = words();
    if (mentionsMe) return announce.mention(message.name, message.text);
    if (message.role === "host" || message.role === "moderator")
      return announce.staffMessage(roles[message.role], message.name, message.text);
    return mode() === "all" ? announce.message(message.name, message.text) : null;
  }

  return {
    heard(message, { mentionsMe, own }) {
      const now = mode();
      if (own || now === "off" || message.removed !== null) return;
      counts.messages += 1;
      if (mentionsMe) counts.mentions += 1;
      if (message.role === "host" || message.role === "moderator") counts.staff += 1;
      if (now === "digest") return;
      const sentence = sentenceOf(message, mentionsMe);
      if (sentence !== null) sentences = [...sentences, sentence].slice(-sentencesMax);
    },
    take(now) {
      if (mode() !== "digest") {
        const told = sentences.join(" ");
        sentences = [];
        counts = { messages: 0, mentions: 0, staff: 0 };
        return told;
      }
      toldAt ??= now;
      if (now - toldAt < digestEveryMs) return "";
      toldAt = now;
      const digest = words().announce.digest(counts);
      counts = { messages: 0, mentions: 0, staff: 0 };
      return digest;
    },
  };
}
