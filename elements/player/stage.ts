import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons.ts";
import type { Overlay } from "./overlay.ts";
import type { PlayerHost } from "./player-host.ts";

export type StageActs = { start(): void; again(): void; retry(): void; withSound(): void };

/** What is over the picture, or stands for it: never only something that turns, always what is going on in words. */
export function stage({ words }: PlayerHost, overlay: Overlay, acts: StageActs): TemplateResult {
  return html`<div class="over" data-t=${overlay.t} part="overlay">
    ${overlay.t === "start" ? large(words.play, null, acts.start) : nothing}
    ${overlay.t === "tap" ? large(words.tapForBoth, words.tapForBoth, acts.start) : nothing}
    ${overlay.t === "audio" ? html`<p class="ear">${icon("ear")}<span>${words.audioOnly}</span></p>` : nothing}
    <div class="said" role="status">${sentence(words, overlay)}</div>
    ${remedy(words, overlay, acts)}
  </div>`;
}

/** The picture is there and its sound is not: one touch brings it. */
export function soundChip({ words }: PlayerHost, press: () => void): TemplateResult {
  return html`<button type="button" class="chip" part="sound-chip" @click=${press}>
    ${icon("muted")}<span>${words.tapForSound}</span>
  </button>`;
}

function large(label: string, text: string | null, press: () => void): TemplateResult {
  return html`<button type="button" class="large" part="start" aria-label=${label} @click=${press}>
    <span class="disc">${icon("play")}</span>${text === null ? nothing : html`<span>${text}</span>`}
  </button>`;
}

/* The seconds that run down are not read out one by one: what changes is not told to whoever listens. */
function sentence(words: PlayerHost["words"], overlay: Overlay): TemplateResult | typeof nothing {
  if (overlay.t !== "said") return nothing;
  const { what, tone, retryInSeconds } = overlay;
  const line = retryInSeconds === null ? words.line[what] : words.line.stopped;
  return html`${tone === "quiet" ? icon("camera") : nothing}
    <p class="title" data-tone=${tone}>${words.title[what]}</p>
    ${
      retryInSeconds === null || retryInSeconds === 0
        ? line === ""
          ? nothing
          : html`<p class="more">${line}</p>`
        : html`<p class="more" aria-live="off">${words.tryingAgainIn(retryInSeconds)}</p>`
    }`;
}

function remedy(
  words: PlayerHost["words"],
  overlay: Overlay,
  { again, retry }: StageActs,
): TemplateResult | typeof nothing {
  if (overlay.t !== "said" || overlay.remedy === null) return nothing;
  const [label, press] = overlay.remedy === "again" ? [words.watchAgain, again] : [words.tryNow, retry];
  return html`<button type="button" class="remedy" part="remedy" @click=${press}>${label}</button>`;
}
