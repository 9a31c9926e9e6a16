/** So many in a row that each is wide enough to be touched in a narrow chat; fixed, so that no layout is asked. */
export const gridColumns = 8;
const pageRows = 4;

/**
 * Where a key leads in a grid of emoji that fills its rows one after the other; -1 is out of it, upwards; null for keys that
 * do not move.
 *
 * @param control whether Ctrl is held: then Home and End mean the whole grid.
 */
export function cellMovedTo(
  key: string,
  from: number,
  count: number,
  rightToLeft: boolean,
  control = false,
): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const rowStart = from - (from % gridColumns);
  switch (key) {
    case rightToLeft ? "ArrowLeft" : "ArrowRight":
      return Math.min(last, from + 1);
    case rightToLeft ? "ArrowRight" : "ArrowLeft":
      return Math.max(0, from - 1);
    case "ArrowDown":
      return down(from, 1, count);
    case "ArrowUp":
      return from < gridColumns ? -1 : from - gridColumns;
    case "PageDown":
      return down(from, pageRows, count);
    case "PageUp":
      return from - Math.min(pageRows, Math.floor(from / gridColumns)) * gridColumns;
    case "Home":
      return control ? 0 : rowStart;
    case "End":
      return control ? last : Math.min(last, rowStart + gridColumns - 1);
    default:
      return null;
  }
}

/** In the same column, and at the end where the last row is too short for it. */
function down(from: number, rows: number, count: number): number {
  const lastRow = Math.floor((count - 1) / gridColumns);
  const row = Math.min(lastRow, Math.floor(from / gridColumns) + rows);
  return Math.min(count - 1, row * gridColumns + (from % gridColumns));
}

export function rowsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / gridColumns) }, (_, row) =>
    items.slice(row * gridColumns, (row + 1) * gridColumns),
  );
}
