import type { Page } from "playwright-core";

/**
 * The texts in sight whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3). Disabled controls are exempt
 * there and here. Colours are read back from a canvas, whatever notation the style uses.
 */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (canvas === null) throw new Error("There is no canvas.");
    return [...document.querySelectorAll<HTMLElement>("body *")].filter(isRead).flatMap((node) => {
      const behind = pathTo(node).map((one) => getComputedStyle(one).backgroundColor);
      const ground = luminance(behind);
      const text = luminance([...behind, getComputedStyle(node).color]);
      const contrast = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
      return contrast >= 4.5 ? [] : [`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 120)}`];
    });

    function isRead(node: HTMLElement): boolean {
      const own = [...node.childNodes].some((child) => child instanceof Text && child.data.trim() !== "");
      return (
        own &&
        node.checkVisibility({ opacityProperty: true }) &&
        node.closest(":disabled, option, noscript") === null
      );
    }

    function pathTo(node: HTMLElement): HTMLElement[] {
      const { parentElement } = node;
      return parentElement === null ? [node] : [...pathTo(parentElement), node];
    }

    /** Of the colours painted one over the other. */
    function luminance(colours: readonly string[]): number {
      if (canvas === null) return 0;
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map(linear);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    function linear(channel: number): number {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }
  });
}
