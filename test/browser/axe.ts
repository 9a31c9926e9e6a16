import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { faintTexts } from "./contrast.ts";
import { dress } from "./dress.ts";
import type { Visitor } from "./visitor.ts";

const source = readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");

type WithAxe = Window & { axe?: { run(options: object): Promise<AxeResults> } };

/** What depends on colours alone. Between light and dark nothing else differs. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * axe-core finds nothing, in light and in dark; it looks into open shadow roots. Where something lies over a text, as buttons
 * do that nobody sees yet, it does not know the contrast: that is measured beside it.
 */
export async function isAccessible(visitor: Pick<Visitor, "page" | "chat">, state: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await dress(visitor, theme);
    assert.deepEqual(await complaintsAbout(visitor, theme), [], `${state}, ${theme}`);
    assert.deepEqual(await faintTexts(visitor.page), [], `${state}, ${theme}`);
  }
}

/** A script in the page would be against its policy; what a test evaluates is not a script of the page. */
async function complaintsAbout({ page }: Pick<Visitor, "page">, theme: "light" | "dark"): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(source);
  const rules = theme === "light" ? {} : { runOnly: colourRules };
  const violations = await page.evaluate(
    async (options) => {
      const { axe } = window as WithAxe;
      const results = await axe?.run(options);
      return results?.violations ?? null;
    },
    { resultTypes: ["violations"], elementRef: false, preload: false, ...rules },
  );
  assert.ok(violations !== null, "axe did not run");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}
