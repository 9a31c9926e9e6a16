import { html, nothing, type TemplateResult } from "lit";
import type { PlayerHost, Scene } from "./player-host.ts";

export type Scrubber = {
  render(scene: Scene): TemplateResult | typeof nothing;
  /** After painting: how much of it is filled, which no attribute may say under a strict policy. */
  painted(root: ParentNode): void;
};

/** What is shorter has nothing to go back to. */
const spanMsMin = 15_000;

/** The line of time: from the beginning to now. Keys are the whole player's, so that they do the same everywhere. */
export function createScrubber(host: PlayerHost): Scrubber {
  let held: number | null = null;
  let pointed: { readonly part: number; readonly seconds: number } | null = null;
  let filled = 0;

  function hold(event: Event): void {
    held = valueOf(event);
    host.stirred();
    host.repaint();
  }

  function letGo(event: Event, from: number): void {
    held = null;
    host.seek(from + valueOf(event) * 1_000);
  }

  function point(event: PointerEvent, length: number): void {
    const { currentTarget, clientX } = event;
    if (!(currentTarget instanceof HTMLElement)) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    const part = Math.min(Math.max((clientX - left) / Math.max(width, 1), 0), 1);
    pointed = { part, seconds: part * length };
    host.repaint();
  }

  function leave(): void {
    pointed = null;
    host.repaint();
  }

  return {
    render({ span, wall, badge }) {
      if (span === null || span.to - span.from < spanMsMin) return nothing;
      const { words } = host;
      const length = (span.to - span.from) / 1_000;
      /* What the badge calls live is the end: nobody can be nearer. */
      const now = wall === null || badge?.t === "live" ? span.to : wall;
      const at = held ?? Math.min(Math.max((now - span.from) / 1_000, 0), length);
      filled = length === 0 ? 1 : at / length;
      const behind = Math.round(length - at);
      const told = behind < 1 ? words.atLive : `${words.timecode(at)}, ${words.behind(behind)}`;
      return html`<div
        class="line"
        part="scrubber"
        dir="ltr"
        @pointermove=${(event: PointerEvent) => point(event, length)}
        @pointerleave=${leave}
      >
        <input
          type="range"
          min="0"
          max=${length}
          step="0.1"
          .value=${String(at)}
          aria-label=${words.position}
          aria-valuetext=${told}
          @input=${hold}
          @change=${(event: Event) => letGo(event, span.from)}
        />
        ${pointed === null ? nothing : html`<output class="hint" aria-hidden="true">${words.timecode(pointed.seconds)}</output>`}
      </div>`;
    },
    painted(root) {
      const line = root.querySelector<HTMLElement>(".line");
      line?.style.setProperty("--filled", `${filled * 100}%`);
      if (pointed !== null) line?.style.setProperty("--pointed", `${pointed.part * 100}%`);
    },
  };
}

function valueOf({ target }: Event): number {
  return target instanceof HTMLInputElement ? target.valueAsNumber : 0;
}
