import { type EnglishWords, englishWords } from "./en.ts";
import type { EnglishTools } from "./en-tools.ts";
import { createFormat, type Format } from "./format.ts";
import { directionOf, type Language, localeOf } from "./locale.ts";

/** Everything that a chat says, in one language. English is the law: the others have exactly its keys and arguments. */
export type Words = EnglishWords & {
  /** For the `lang` and `dir` of what is shown, and for what else Intl is asked. */
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  readonly format: Format;
};

/** What only those parts say that are loaded when they are wanted: menus, commands, what staff have. */
export type ToolWords = EnglishTools;

/**
 * The words of a language. Those of English are here, the others are loaded when they are first wanted.
 *
 * ```ts
 * const words = await loadWords("ar-EG");
 * words.list.newMessages(3); // "٣ رسائل جديدة"
 * ```
 * @param lang a language tag as of the attribute `lang`. A language without words of its own is answered in English,
 *   with the region's way to write times.
 * @param timeZone the reader's own where nothing is said.
 */
export async function loadWords(lang: string, timeZone?: string): Promise<Words> {
  const { language, locale } = localeOf(lang);
  if (language === "en") return defaultWords(lang, timeZone);
  const { arabicWords } = await import("./ar.ts");
  return wordsOf(language, locale, arabicWords, timeZone);
}

/** The words of what is loaded late, in the same language as `loadWords` answers in. */
export async function loadTools(lang: string, timeZone?: string): Promise<ToolWords> {
  const { language, locale } = localeOf(lang);
  const format = createFormat(locale, timeZone);
  if (language === "ar") return (await import("./ar-tools.ts")).arabicTools(format);
  return (await import("./en-tools.ts")).englishTools(format);
}

/** English, at once: what is shown until the words of the language have come, and if they do not. */
export function defaultWords(lang = "en", timeZone?: string): Words {
  const { language, locale } = localeOf(lang);
  return wordsOf("en", language === "en" ? locale : "en", englishWords, timeZone);
}

function wordsOf(
  language: Language,
  locale: string,
  wordsIn: (format: Format) => EnglishWords,
  timeZone: string | undefined,
): Words {
  const format = createFormat(locale, timeZone);
  return { ...wordsIn(format), lang: locale, dir: directionOf(language), format };
}
