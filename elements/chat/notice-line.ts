import { html, nothing, type TemplateResult } from "lit";
import type { ChatHost, Part } from "./host.ts";

export type NoticeLine = Part & { say(sentence: string, undo?: () => void): void; stop(): void };

export const noticeMs = 8_000;

/**
 * One sentence at a time about what was just done, with a way back where there is one. The next takes its place. Who points at
 * it or has the focus in it has as long as they like.
 *
 * @param leave gives the focus to something that stays.
 */
export function createNoticeLine(host: ChatHost, leave: () => void): NoticeLine {
  let notice: { sentence: string; undo: (() => void) | undefined } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function start(): void {
    clearTimeout(timer);
    timer = setTimeout(end, noticeMs);
  }

  function stop(): void {
    clearTimeout(timer);
  }

  function end(): void {
    stop();
    notice = null;
    host.repaint();
  }

  function undone(): void {
    const undo = notice?.undo;
    leave();
    end();
    undo?.();
  }

  return {
    stop() {
      stop();
      notice = null;
    },
    say(sentence, undo) {
      notice = { sentence, undo };
      start();
      host.repaint();
    },
    /* The box is always there: what is read out has to change in what was there before. */
    render(): TemplateResult {
      return html`<div
        class="notice"
        part="notice"
        ?data-empty=${notice === null}
        role="status"
        @pointerenter=${stop}
        @focusin=${stop}
        @pointerleave=${start}
        @focusout=${start}
      >
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
