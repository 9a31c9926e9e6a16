import { type EnglishStudio, englishStudio } from "./en-studio.ts";
import { createFormat } from "./format.ts";
import { directionOf, localeOf } from "./locale.ts";

/** What the host's studio says, in one language. */
export type StudioWords = EnglishStudio & {
  readonly lang: string;
  readonly dir: "ltr" | "rtl";
  /** "0:09", "1:02:03". */
  timecode(seconds: number): string;
  /** With at most so many digits behind the point. */
  decimal(value: number, digits: number): string;
  ago(time: number, now: number): string;
};

/** @param lang a language tag; one that has no words here is answered in English. */
export async function loadStudioWords(lang: string): Promise<StudioWords> {
  const { language, locale } = localeOf(lang);
  const format = createFormat(locale);
  const about = {
    lang: locale,
    dir: directionOf(language),
    timecode: timecodeIn(locale),
    decimal: (value: number, digits: number) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    ago: format.ago,
  };
  if (language === "en") return { ...englishStudio(format), ...about };
  const { arabicStudio } = await import("./ar-studio.ts");
  return { ...arabicStudio(format), ...about };
}

function timecodeIn(locale: string): (seconds: number) => string {
  const one = new Intl.NumberFormat(locale);
  const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  return (seconds) => {
    const whole = Math.max(Math.floor(seconds), 0);
    const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
    if (hours === 0) return `${one.format(minutes)}:${two.format(rest)}`;
    return `${one.format(hours)}:${two.format(minutes)}:${two.format(rest)}`;
  };
}
