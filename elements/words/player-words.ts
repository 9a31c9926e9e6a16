import { type EnglishPlayer, englishPlayer } from "./en-player.ts";
import { createFormat, type Format } from "./format.ts";
import { directionOf, localeOf } from "./locale.ts";

/** Everything that a player says, in one language. */
export type PlayerWords = EnglishPlayer & {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  /** "0:09", "1:02:03": a length of time, or a place in a recording. */
  timecode(seconds: number): string;
};

/** @param lang a language tag; one that has no words here is answered in English. */
export async function loadPlayerWords(lang: string): Promise<PlayerWords> {
  const { language, locale } = localeOf(lang);
  if (language === "en") return defaultPlayerWords(lang);
  const format = createFormat(locale);
  const { arabicPlayer } = await import("./ar-player.ts");
  return { ...arabicPlayer(format), ...about(format, locale), dir: directionOf(language) };
}

/** English, at once: what is shown until the words of the language have come. */
export function defaultPlayerWords(lang = "en"): PlayerWords {
  const { language, locale } = localeOf(lang);
  const format = createFormat(language === "en" ? locale : "en");
  return { ...englishPlayer(format), ...about(format, language === "en" ? locale : "en"), dir: "ltr" };
}

const hourSeconds = 3_600;

function about(format: Format, lang: string): Pick<PlayerWords, "lang" | "timecode"> {
  return {
    lang,
    timecode(seconds) {
      const whole = Math.max(Math.floor(seconds), 0);
      if (whole < hourSeconds) return format.countdown(whole);
      const rest = format.countdown(whole % hourSeconds);
      const padded = whole % hourSeconds < 600 ? `${format.number(0)}${rest}` : rest;
      return `${format.number(Math.floor(whole / hourSeconds))}:${padded}`;
    },
  };
}
