import { type EnglishPage, englishPage } from "./en-page.ts";
import { createFormat, type Format } from "./format.ts";
import { localeOf, rightToLeft } from "./words.ts";

/** What a room's page says, in one language. The chat on it has words of its own, by the same choice of language. */
export type PageWords = EnglishPage & {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly format: Pick<Format, "number" | "compact">;
};

/** @param lang a language tag; one that has no words here is answered in English. */
export async function loadPageWords(lang: string): Promise<PageWords> {
  const { language, locale } = localeOf(lang);
  if (language === "en") return defaultPageWords(locale);
  const { arabicPage } = await import("./ar-page.ts");
  const format = createFormat(locale);
  return { ...arabicPage(format), lang: locale, dir: rightToLeft.has(language) ? "rtl" : "ltr", format };
}

/** English, at once. */
export function defaultPageWords(locale = "en"): PageWords {
  const format = createFormat(locale);
  return { ...englishPage(format), lang: locale, dir: "ltr", format };
}
