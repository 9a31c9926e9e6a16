/**
 * What of a page is left while somebody writes on a phone. Its keyboard takes more than half of the screen: then the
 * composer and the newest messages come first, the picture next, and what is around them last.
 */
export type RoomLeft = "all" | "small-video" | "chat";

/** A keyboard takes at least this, in CSS pixels; the bars of a browser that come and go take less. */
const keyboardHeightMin = 120;
/** Less than this is enough for the chat alone. */
const videoHeightMin = 480;

/**
 * @param writing whether the focus is in a field of the chat.
 * @param height what can be seen now.
 * @param tallest the most that could be seen at this width.
 */
export function roomLeft(writing: boolean, height: number, tallest: number): RoomLeft {
  if (!writing) return "all";
  if (height < videoHeightMin) return "chat";
  return tallest - height >= keyboardHeightMin ? "small-video" : "all";
}

/**
 * Keeps the page in what can be seen, and says by `data-left` what there is room for. Browsers that obey
 * `interactive-widget` make the page smaller; those that do not put the keyboard over it and shift it, and only the visual
 * viewport says so.
 */
export function keepInSight(chat: HTMLElement): void {
  const { documentElement: root } = document;
  const viewport = window.visualViewport;
  let writing = false;
  let sight = inSight(viewport);
  let tallest = 0;

  /** What can be seen is different. Only then it is asked for: the answer waits for the layout. */
  function fit(): void {
    const before = sight;
    sight = inSight(viewport);
    const { width, height, top } = sight;
    tallest = width === before.width ? Math.max(height, tallest) : height;
    root.style.setProperty("--height", `${height}px`);
    root.style.setProperty("--top", `${top}px`);
    arrange();
  }

  function arrange(): void {
    const left = roomLeft(writing, sight.height, tallest);
    if (root.dataset["left"] !== left) root.dataset["left"] = left;
  }

  /** From the field to a button beside it one is still writing. */
  function focused({ target }: Event): void {
    if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement)) return;
    writing = true;
    arrange();
  }

  function left(): void {
    writing = false;
    arrange();
  }

  /* What moves inside of the chat is told inside of it only. */
  chat.shadowRoot?.addEventListener("focusin", focused);
  chat.addEventListener("focusout", left);
  window.addEventListener("resize", fit);
  viewport?.addEventListener("resize", fit);
  viewport?.addEventListener("scroll", fit);
  fit();
}

/** Who zooms in with two fingers wants to see less of the page, and not less page. */
function inSight(viewport: VisualViewport | null): { width: number; height: number; top: number } {
  if (viewport === null || viewport.scale > 1.01)
    return { width: window.innerWidth, height: window.innerHeight, top: 0 };
  return { width: viewport.width, height: viewport.height, top: viewport.offsetTop };
}
