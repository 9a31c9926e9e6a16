import { css, html, type TemplateResult } from "lit";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost, Part } from "./host.ts";

import type { AnnounceMode } from "./preferences.ts";

export const digestEveryMs = 30_000;
const sentencesMax = 3;
const none = { messages: 0, mentions: 0, staff: 0 };

/**
 * What a screen reader is told of what happens in the list. The list itself is silent: a lively chat would never let anybody
 * hear anything else.
 */
export type Announcer = Part & {
  heard(message: Shown, facts: { mentionsMe: boolean; own: boolean }): void;
  stop(): void;
};

/** Nothing is seen of it, so it has no looks. */
export const announcerStyles = css``;

/** @param mode how much is read out: nothing, mentions and staff, a summary now and then, or all. */
export function createAnnouncer(host: ChatHost, mode: () => AnnounceMode): Announcer {
  let sentences: string[] = [];
  let counts = { ...none };
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What is said twice is said in another box, or nobody would hear of it: nothing would have changed. */
  const boxes = ["", ""];
  let box = 0;

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
    sentences = [...sentences, sentenceOf(message, mentionsMe)].slice(-sentencesMax);
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
    if (mode() === "digest") sentences = [host.tools.announce.digest(counts)];
    counts = { ...none };
    host.repaint();
  }

  function render(): TemplateResult {
    if (sentences.length > 0) {
      boxes[box] = "";
      box = 1 - box;
      boxes[box] = sentences.join(" ");
      sentences = [];
    }
    return html`<div class="unseen" part="announcements" aria-live="polite">
      <p>${boxes[0]}</p>
      <p>${boxes[1]}</p>
    </div>`;
  }

  return { heard, render, stop: () => clearTimeout(timer) };
}
