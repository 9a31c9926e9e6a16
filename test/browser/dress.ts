import type { Visitor } from "./visitor.ts";

/** Page and chat in light or in dark, as if they had been opened so; settled when it is painted. */
export async function dress(
  { page, chat }: Pick<Visitor, "page" | "chat">,
  colorScheme: "light" | "dark",
): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await chat.evaluate(async (element, theme) => {
    element.setAttribute("theme", theme);
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  }, colorScheme);
}
