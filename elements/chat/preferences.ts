import { type KeyValueStorage, store, stored } from "@chorus/sdk/browser.ts";

const themes = ["system", "dark", "light"] as const;
const textSizes = ["small", "normal", "large", "larger"] as const;
/** What is read out: nothing, mentions and staff, a summary now and then, or all. */
const announceModes = ["off", "mentions", "digest", "all"] as const;
export type AnnounceMode = (typeof announceModes)[number];

/** How a person wants their chat to be, wherever on this site they read one. */
export type Preferences = {
  readonly theme: (typeof themes)[number];
  readonly textSize: (typeof textSizes)[number];
  /** Whether messages have their times. */
  readonly times: boolean;
  /** Whether anything moves that need not. What the system says against motion holds beside it. */
  readonly motion: boolean;
  readonly announce: AnnounceMode;
  /** Messages and composer only. */
  readonly focus: boolean;
  /** Beside a picture: whether a message waits until the picture shows the moment of which it was said. */
  readonly align: boolean;
};

export type PreferenceKeeper = {
  all(): Preferences;
  /** What differs from `all()` is from now on the person's own choice. */
  choose(next: Preferences): void;
};

export const defaultPreferences: Preferences = {
  theme: "system",
  textSize: "normal",
  times: true,
  motion: true,
  announce: "off",
  focus: false,
  align: true,
};

const storageKey = "chorus-preferences";
const either = [true, false] as const;
const allowed: { readonly [K in keyof Preferences]: readonly Preferences[K][] } = {
  theme: themes,
  textSize: textSizes,
  times: either,
  motion: either,
  announce: announceModes,
  focus: either,
  align: either,
};
const names = ["theme", "textSize", "times", "motion", "announce", "focus", "align"] as const;

/**
 * @param storage null keeps what is chosen for this visit only. It is read once, and again before each change: other tabs
 *   write there too.
 * @param given what the page asks for, as of its attributes: it comes before the defaults and after what the person chose.
 */
export function createPreferences(
  storage: KeyValueStorage | null,
  given: () => unknown = () => null,
): PreferenceKeeper {
  let chosen = preferencesIn(stored(storage, storageKey));
  /** Whether the storage holds what was chosen; a full or forbidden one does not. */
  let kept = true;

  function all(): Preferences {
    return { ...defaultPreferences, ...preferencesIn(given()), ...chosen };
  }

  return {
    all,
    choose(next) {
      const changes = differencesIn(all(), next);
      const before = storage !== null && kept ? preferencesIn(stored(storage, storageKey)) : chosen;
      chosen = { ...before, ...changes };
      if (storage === null) return;
      store(storage, storageKey, chosen);
      const read = preferencesIn(stored(storage, storageKey));
      kept = names.every((name) => read[name] === chosen[name]);
    },
  };
}

/** Of anything the preferences in it. What else stands there, by another version or another hand, is as nothing. */
export function preferencesIn(value: unknown): Partial<Preferences> {
  if (typeof value !== "object" || value === null) return {};
  const given = new Map<string, unknown>(Object.entries(value));
  return Object.fromEntries(names.flatMap((name) => preferenceIn(name, given.get(name))));
}

function preferenceIn(
  name: keyof Preferences,
  value: unknown,
): (readonly [keyof Preferences, string | boolean])[] {
  const values: readonly (string | boolean)[] = allowed[name];
  return values.filter((one) => one === value).map((one) => [name, one]);
}

function differencesIn(before: Preferences, next: Preferences): Partial<Preferences> {
  const different = names.filter((name) => next[name] !== before[name]);
  return Object.fromEntries(different.map((name) => [name, next[name]]));
}
