/** Which messages have a row: never more than a few hundred, however long one reads or however many come. */
export type RowWindow = { start: number; end: number };

export const rowsMax = 200;
const slideRows = 100;

/**
 * @param first the first row that is shown and must stay where it is; null while the end is followed, -1 when its message is
 * no longer there.
 */
export function windowOf(length: number, first: number | null): RowWindow {
  const start = first === null ? Math.max(0, length - rowsMax) : Math.max(0, first);
  return { start, end: Math.min(length, start + rowsMax) };
}

/** Moves by half a window, towards what somebody scrolls to. */
export function slid({ start }: RowWindow, length: number, towards: "start" | "end"): RowWindow {
  const wanted = towards === "start" ? start - slideRows : start + slideRows;
  return windowOf(length, Math.max(0, Math.min(wanted, length - rowsMax)));
}
