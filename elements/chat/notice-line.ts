import { html, nothing, type TemplateResult } from "lit";
import type { ChatHost, Part } from "./host.ts";

export type NoticeLine = Part & { say(sentence: string, undo?: () => void): void; stop(): void };

const noticeMs = 8_000;

/** One sentence at a time about what was just done, with a way back where there is one. The next takes its place. */
export function createNoticeLine(host: ChatHost): NoticeLine {
  let notice: { sentence: string; undo: (() => void) | undefined } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    notice = null;
    host.repaint();
  }

  function undone(): void {
    const undo = notice?.undo;
    end();
    undo?.();
  }

  return {
    stop: () => clearTimeout(timer),
    say(sentence, undo) {
      notice = { sentence, undo };
      clearTimeout(timer);
      timer = setTimeout(end, noticeMs);
      host.repaint();
    },
    /* The box is always there: what is read out has to change in what was there before. */
    render(): TemplateResult {
      return html`<div class="notice" part="notice" role="status">
        ${notice === null ? nothing : html`<span>${notice.sentence}</span>`}
        ${
          notice?.undo === undefined
            ? nothing
            : html`<button type="button" @click=${undone}>${host.words.undo}</button>`
        }
      </div>`;
    },
  };
}
