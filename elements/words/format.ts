export type PluralForms = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** Numbers, times and names as a language writes them. */
export type Format = {
  number(value: number): string;
  /** 12.3K: for counts that nobody reads to the last digit. */
  compact(value: number): string;
  /** "10 minutes": in the largest unit that says it in whole numbers. */
  duration(seconds: number): string;
  /** "0:09", "12:00": what is running down. */
  countdown(seconds: number): string;
  /** The time of the day. */
  clock(time: number): string;
  /** The day and the time, to be read at leisure. */
  moment(time: number): string;
  /** "3 minutes ago". What is older than a month is a date. */
  ago(time: number, now: number): string;
  list(items: readonly string[]): string;
  /** The form for a count, with the number in the place of `#`, as it is shown or in full. */
  plural(count: number, forms: PluralForms, shown?: string): string;
  /** What people wrote, inside of a sentence: its direction does not reorder the sentence (UAX 9, FSI and PDI). */
  name(text: string): string;
};

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const agoMsMax = 30 * dayMs;

/**
 * @param locale a tag that Intl knows.
 * @param timeZone the reader's own where nothing is said.
 */
export function createFormat(locale: string, timeZone?: string): Format {
  const zone = timeZone === undefined ? {} : { timeZone };
  const exact = once(() => new Intl.NumberFormat(locale));
  const twoDigits = once(() => new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 }));
  const short = once(() => new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }));
  const hours = once(() => new Intl.DateTimeFormat(locale, { ...zone, hour: "numeric", minute: "2-digit" }));
  const calendar = once(
    () => new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "full", timeStyle: "medium" }),
  );
  const date = once(() => new Intl.DateTimeFormat(locale, { ...zone, dateStyle: "medium" }));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const listed = once(() => new Intl.ListFormat(locale));
  const rules = once(() => new Intl.PluralRules(locale));
  const inUnits = once(
    () =>
      new Map(
        units.map(([unit]) => [
          unit,
          new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }),
        ]),
      ),
  );
  const number = (value: number) => exact().format(value);
  let newest = { minute: Number.NaN, clock: "" };
  return {
    number,
    compact: (value) => short().format(value),
    duration(seconds) {
      const whole = Math.max(Math.round(seconds), 0);
      const [unit, size] = units.find(([, size]) => whole >= size && whole % size === 0) ?? ["second", 1];
      return (
        inUnits()
          .get(unit)
          ?.format(whole / size) ?? ""
      );
    },
    countdown(seconds) {
      const whole = Math.max(Math.ceil(seconds), 0);
      return `${number(Math.floor(whole / 60))}:${twoDigits().format(whole % 60)}`;
    },
    /* Most that are asked for together are of one minute. */
    clock(time) {
      const minute = Math.floor(time / minuteMs);
      if (minute !== newest.minute) newest = { minute, clock: hours().format(time) };
      return newest.clock;
    },
    moment: (time) => calendar().format(time),
    ago(time, now) {
      const passed = Math.max(now - time, 0);
      if (passed >= agoMsMax) return date().format(time);
      const [unit, size] = units.find(([, size]) => passed >= size * 1_000) ?? ["second", 1];
      if (unit === "second") return relative().format(0, "second");
      return relative().format(-Math.floor(passed / (size * 1_000)), unit);
    },
    list: (items) => listed().format(items),
    plural: (count, forms, shown = number(count)) =>
      (forms[rules().select(count)] ?? forms.other).replace("#", shown),
    name: (text) => `\u2068${text}\u2069`,
  };
}

/** Formatters are slow to make, and most are never asked. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}
