export const languages = ["en", "ar"] as const;
export type Language = (typeof languages)[number];

const rightToLeft: ReadonlySet<Language> = new Set(["ar"]);
const extension = /[-_][a-z\d](?:[-_]|$)/i;
const region = /^(?:[a-z]{2}|\d{3})$/i;

/** Pages write all kinds of tags; only what Intl is sure to take comes through. */
export function localeOf(lang: string): { language: Language; locale: string } {
  const [tag = ""] = lang.trim().split(extension);
  const [primary = "", ...others] = tag.split(/[-_]/);
  const language = languages.find((one) => one === primary.toLowerCase()) ?? "en";
  const place = others.find((part) => region.test(part));
  return { language, locale: place === undefined ? language : `${language}-${place.toUpperCase()}` };
}

export function directionOf(language: Language): "ltr" | "rtl" {
  return rightToLeft.has(language) ? "rtl" : "ltr";
}
