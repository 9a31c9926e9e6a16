import { type EnglishPage, englishPage } from "./en-page.ts";
import { createFormat } from "./format.ts";
import { directionOf, localeOf } from "./locale.ts";

/** What a room's page says, in one language. The chat on it has words of its own, by the same choice of language. */
export type PageWords = EnglishPage & { readonly lang: string; readonly dir: "ltr" | "rtl" };

/** @param lang a language tag; one that has no words here is answered in English. */
export async function loadPageWords(lang: string): Promise<PageWords> {
  const { language, locale } = localeOf(lang);
  const format = createFormat(locale);
  const about = { lang: locale, dir: directionOf(language) };
  if (language === "en") return { ...englishPage(format), ...about };
  const { arabicPage } = await import("./ar-page.ts");
  return { ...arabicPage(format), ...about };
}
