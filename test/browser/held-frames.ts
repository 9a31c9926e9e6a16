import type { Page } from "playwright-core";
import type { Visitor } from "./visitor.ts";

/** For `prepare`: frames of the server can be held back in the page, and all come in one turn. */
export function mayHoldFrames(page: Page): Promise<unknown> {
  return page.addInitScript(holdFrames);
}

export async function holdsFrames({ page }: Visitor): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event("hold-frames")));
}

/** @param last stands in the frame that is waited for. */
export async function letsFramesGo({ page }: Visitor, last: string): Promise<void> {
  await page.locator(`html[data-held*="${last}"]`).waitFor({ state: "attached" });
  await page.evaluate(() => dispatchEvent(new Event("let-frames-go")));
}

/** In the page: frames of the server wait from "hold-frames" on, and all come in one turn at "let-frames-go". */
function holdFrames(): void {
  let held: (() => void)[] | null = null;
  addEventListener("hold-frames", () => (held = []));
  addEventListener("let-frames-go", () => {
    const waiting = held ?? [];
    held = null;
    for (const go of waiting) go();
  });
  globalThis.WebSocket = class extends WebSocket {
    constructor(...from: ConstructorParameters<typeof WebSocket>) {
      super(...from);
      this.addEventListener("message", (event) => {
        if (held === null) return;
        event.stopImmediatePropagation();
        const { data } = event;
        held.push(() => this.dispatchEvent(new MessageEvent("message", { data })));
        const text =
          data instanceof ArrayBuffer
            ? new Response(
                new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw")),
              ).text()
            : Promise.resolve(String(data));
        void text.then((whole) => (document.documentElement.dataset["held"] += whole));
      });
    }
  };
}
