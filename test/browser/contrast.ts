import type { Page } from "playwright-core";

/**
 * The texts in sight whose contrast with what is behind them is below 4.5:1 (WCAG 2.2, 1.4.3). Disabled controls are exempt
 * there and here. Colours are read back from a canvas, whatever notation the style uses.
 */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (canvas === null) throw new Error("There is no canvas.");
    /** Of the colours painted one over the other. */
    const luminanceOf = (colours: readonly string[]): number => {
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red = 0, green = 0, blue = 0] = Array.from(canvas.getImageData(0, 0, 1, 1).data, (channel) =>
        channel <= 10 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };

    const nodes: HTMLElement[] = [];
    /** With what stands in open shadow roots. */
    function collect(root: ParentNode): void {
      for (const node of root.querySelectorAll<HTMLElement>("*")) {
        nodes.push(node);
        if (node.shadowRoot !== null) collect(node.shadowRoot);
      }
    }
    collect(document.body);

    const faint: string[] = [];
    for (const node of nodes) {
      const own = [...node.childNodes].some((child) => child instanceof Text && child.data.trim() !== "");
      if (!own || !node.checkVisibility({ opacityProperty: true })) continue;
      if (node.closest(":disabled, [aria-disabled=true], option, noscript, style, .unseen") !== null)
        continue;
      const behind: string[] = [];
      for (let at: Element | null = node; at !== null;) {
        behind.unshift(getComputedStyle(at).backgroundColor);
        const root: Node = at.getRootNode();
        at = at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
      }
      const ground = luminanceOf(behind);
      const text = luminanceOf([...behind, getComputedStyle(node).color]);
      const contrast = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
      if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 120)}`);
    }
    return faint;
  });
}
