/** Something that is loaded when it is first wanted: null until it has come. */
export type Late<T> = {
  readonly now: T | null;
  /** Asks for it, once. @returns null where it could not be loaded; then it may be asked for again. */
  load(): Promise<T | null>;
};

/**
 * A page that was opened before its server was upgraded may ask for a file that is gone, and a network may be: then it
 * stays away, and nothing else does.
 *
 * @param load may be called again, `retryMs` after it failed.
 * @param loaded is told when it is there.
 */
export function createLate<T>(load: () => Promise<T>, loaded: () => void = () => {}): Late<T> {
  let now: T | null = null;
  let coming: Promise<T | null> | null = null;
  let failedAt = -Infinity;

  async function attempt(): Promise<T | null> {
    try {
      now = await load();
    } catch {
      failedAt = performance.now();
    }
    coming = null;
    if (now !== null) loaded();
    return now;
  }

  return {
    get now() {
      return now;
    },
    async load() {
      if (now !== null || performance.now() - failedAt < retryMs) return now;
      return (coming ??= attempt());
    },
  };
}

const retryMs = 5_000;
