import { find, setText } from "./element.ts";
import type { Remedy, Status } from "./status.ts";

export type StatusLine = { show(status: Status): void };

const remedyWords: Readonly<Record<Remedy, string>> = {
  retry: "Try again now",
  enter: "Try again",
  reload: "Reload the page",
  "as-guest": "Go on as a guest",
};
const tickMs = 250;

/**
 * Where the page stands, in words. The sentence is announced when it changes; the seconds beside it are only to be seen,
 * since nobody wants to hear each of them.
 */
export function createStatusLine(onRemedy: (remedy: Remedy) => void): StatusLine {
  const line = find("#status", HTMLElement);
  const text = find("#status-text", HTMLElement);
  const seconds = find("#status-seconds", HTMLElement);
  const button = find("#status-remedy", HTMLButtonElement);
  let shown: Status | null = null;
  let ticking: ReturnType<typeof setInterval> | undefined;

  button.addEventListener("click", () => {
    if (shown?.remedy) onRemedy(shown.remedy);
  });

  function show(status: Status): void {
    shown = status;
    line.dataset["tone"] = status.tone;
    setText(text, status.text);
    button.hidden = status.remedy === null;
    if (status.remedy !== null) setText(button, remedyWords[status.remedy]);
    clearInterval(ticking);
    tick();
    if (status.retryAt !== null) ticking = setInterval(tick, tickMs);
  }

  function tick(): void {
    const retryAt = shown?.retryAt ?? null;
    setText(seconds, retryAt === null ? "" : inSeconds(retryAt - Date.now()));
  }

  return { show };
}

function inSeconds(ms: number): string {
  return ms <= 0 ? "now" : `in ${Math.ceil(ms / 1_000)} s`;
}
