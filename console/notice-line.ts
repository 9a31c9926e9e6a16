import { element, find } from "./element.ts";

/** What came of something that was asked for, and how to take it back. */
export type NoticeLine = { say(sentence: string, undo?: () => void): void };

const shownMs = 8_000;

/** The last sentence only. One that can be undone stays until it is closed: nobody should have to hurry. */
export function createNoticeLine(): NoticeLine {
  const line = find("#notice", HTMLElement);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function say(sentence: string, undo?: () => void): void {
    clearTimeout(timer);
    const close = element("button", { type: "button", "aria-label": "Close this notice" }, "✕");
    close.addEventListener("click", clear);
    line.replaceChildren(
      element("span", { dir: "auto" }, sentence),
      ...(undo === undefined ? [] : [undoing(undo)]),
      close,
    );
    if (undo === undefined) timer = setTimeout(clear, shownMs);
  }

  function undoing(undo: () => void): HTMLElement {
    const button = element("button", { type: "button" }, "Undo");
    button.addEventListener("click", () => {
      clear();
      undo();
    });
    return button;
  }

  function clear(): void {
    clearTimeout(timer);
    line.replaceChildren();
  }

  return { say };
}
