/** What somebody did with the scroll bar, the wheel or a finger. */
export type ScrollEvents = { following(): boolean; atEnd(): void; atStart(): void; away(): void };

const nearPx = 32;

export function watchScroll(scroller: HTMLElement, events: ScrollEvents): void {
  let last = 0;
  scroller.addEventListener(
    "scroll",
    () => {
      const { scrollTop } = scroller;
      const upwards = scrollTop < last - 1;
      last = scrollTop;
      if (isAtEnd(scroller)) events.atEnd();
      else if (upwards) events.away();
      if (scrollTop < nearPx && upwards) events.atStart();
    },
    { passive: true },
  );
  // A keyboard that opens, or a phone that turns, must not push the end out of sight.
  new ResizeObserver(() => {
    if (events.following()) scrollToEnd(scroller);
  }).observe(scroller);
}

/**
 * Called before the rows change; what it returns, afterwards. Either the end stays in sight, or the first row in sight stays
 * where it is on the screen.
 */
export function keepPlace(scroller: HTMLElement, list: HTMLElement, end: boolean): () => void {
  if (end) return () => scrollToEnd(scroller);
  const top = scroller.getBoundingClientRect().top;
  const inSight = [...list.children].filter((row) => row.getBoundingClientRect().bottom > top);
  const before = inSight.map((row) => ({ row, y: row.getBoundingClientRect().top }));
  return () => {
    const kept = before.find(({ row }) => row.isConnected);
    if (kept !== undefined) scroller.scrollTop += kept.row.getBoundingClientRect().top - kept.y;
  };
}

/** Rows do not move away under a hand that is about to press one of their buttons. */
export function pointerRests(scroller: HTMLElement): boolean {
  if (scroller.querySelector(":focus-visible") !== null) return true;
  return matchMedia("(hover: hover)").matches && scroller.querySelector("button:hover") !== null;
}

function isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight <= nearPx;
}

function scrollToEnd(scroller: HTMLElement): void {
  scroller.scrollTop = scroller.scrollHeight;
}
