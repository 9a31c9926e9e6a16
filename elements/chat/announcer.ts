import { css, html, type TemplateResult } from "lit";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost, Part } from "./host.ts";

import type { AnnounceMode } from "./preferences.ts";

export const digestEveryMs = 30_000;
const sentencesMax = 3;
type Sentence = { readonly id: EntryId | null; readonly text: string };
const none = { messages: 0, mentions: 0, staff: 0 };

/**
 * What a screen reader is told of what happens in the list. The list itself is silent: a lively chat would never let anybody
 * hear anything else.
 */
export type Announcer = Part & {
  heard(message: Shown, facts: { mentionsMe: boolean; own: boolean }): void;
  /** What is removed is no longer read out. */
  removed(id: EntryId): void;
  stop(): void;
};

/** Nothing is seen of it, so it has no looks. */
export const announcerStyles = css``;

/** @param mode how much is read out: nothing, mentions and staff, a summary now and then, or all. */
export function createAnnouncer(host: ChatHost, mode: () => AnnounceMode): Announcer {
  let sentences: readonly Sentence[] = [];
  let counts = { ...none };
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What is said twice is said in another box, or nobody would hear of it: nothing would have changed. */
  let boxes: [readonly Sentence[], readonly Sentence[]] = [[], []];
  let swapped = false;

  function heard(message: Shown, { mentionsMe, own }: { mentionsMe: boolean; own: boolean }): void {
    if (own || mode() === "off" || message.removed !== null) return;
    const { by, role } = message;
    if (by !== null && host.ignored.has(by)) return;
    const staff = role === "host" || role === "moderator";
    if (mode() === "digest") {
      counts.messages += 1;
      if (mentionsMe) counts.mentions += 1;
      if (staff) counts.staff += 1;
      timer ??= setTimeout(digest, digestEveryMs);
      return;
    }
    if (!mentionsMe && !staff && mode() !== "all") return;
    sentences = [...sentences, { id: message.id, text: sentenceOf(message, mentionsMe) }].slice(
      -sentencesMax,
    );
  }

  function sentenceOf({ role, name, text }: Shown, mentionsMe: boolean): string {
    const { announce } = host.tools;
    if (mentionsMe) return announce.mention(name, text);
    if (role === "host" || role === "moderator")
      return announce.staffMessage(host.words.roles[role], name, text);
    return announce.message(name, text);
  }

  function digest(): void {
    timer = undefined;
    if (mode() === "digest") sentences = [{ id: null, text: host.tools.announce.digest(counts) }];
    counts = { ...none };
    host.repaint();
  }

  function render(): TemplateResult {
    if (sentences.length > 0) {
      boxes = swapped ? [sentences, []] : [[], sentences];
      swapped = !swapped;
      sentences = [];
    }
    return html`<div class="unseen" part="announcements" aria-live="polite">
      <p>${textOf(boxes[0])}</p>
      <p>${textOf(boxes[1])}</p>
    </div>`;
  }

  return {
    heard,
    removed(id) {
      const stays = (sentence: Sentence) => sentence.id !== id;
      sentences = sentences.filter(stays);
      boxes = [boxes[0].filter(stays), boxes[1].filter(stays)];
    },
    render,
    stop: () => clearTimeout(timer),
  };
}

function textOf(sentences: readonly Sentence[]): string {
  return sentences.map(({ text }) => text).join(" ");
}
