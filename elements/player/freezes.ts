/** Whether a picture freezes so often that one with more delay would be better to watch. */
export type Freezes = {
  /** Another way, or the same anew: its count begins at zero. */
  begin(): void;
  /**
   * @param at in milliseconds, whenever it is looked.
   * @param count of all freezes since the way was opened.
   * @returns how many are new, and whether they are too many.
   */
  look(at: number, count: number): { readonly fresh: number; readonly tooMany: boolean };
};

const withinMs = 30_000;
const freezesMax = 3;

export function createFreezes(): Freezes {
  let counted = 0;
  let lately: readonly number[] = [];
  return {
    begin() {
      counted = 0;
      lately = [];
    },
    look(at, count) {
      const fresh = Math.max(count - counted, 0);
      counted = Math.max(count, counted);
      const times = Array.from({ length: Math.min(fresh, freezesMax + 1) }, () => at);
      lately = [...lately.filter((time) => at - time < withinMs), ...times].slice(-freezesMax - 1);
      return { fresh, tooMany: lately.length > freezesMax };
    },
  };
}
