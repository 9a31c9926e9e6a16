/**
 * How many rows the end of the list is drawn with: as many as are in sight, and a few more. Each costs a little at every
 * painting, and nobody sees those above. The sizes come from observers, so that no painting has to ask for the layout.
 */
export type RowsAtEnd = {
  /** How many the next painting is to have. */
  ask(): number;
  /** Whether all that is to be shown is drawn and leaves room: then nobody can scroll to what is older. */
  readonly roomLeft: boolean;
  /** Whether there is room, and more to be drawn. */
  readonly isShort: boolean;
  /** How many were drawn. */
  rows: number;
  /** In CSS pixels: of the box, and of the rows in it. */
  measured(what: "box" | "rows", px: number): void;
  /** Whether a hand or the keyboard is at the list: it may be moved at once, and then there has to be something above. */
  near: boolean;
};

const more = { near: 20, far: 3 };
/** Before anything is measured. */
const rowsAtFirst = 24;
const rowPxMin = 12;
/** Rows that come may be as low as those that were a while ago: what is expected falls at once, and rises by this share. */
const rises = 1 / 8;

export function createRowsAtEnd(rowsMax: number): RowsAtEnd {
  const size = { box: 0, rows: 0 };
  let rowPx = 0;
  let asked = rowsAtFirst;
  const end: RowsAtEnd = {
    near: false,
    rows: 0,
    ask() {
      const inSight = rowPx === 0 ? rowsAtFirst : Math.ceil(size.box / rowPx);
      asked = Math.min(rowsMax, inSight + (end.near ? more.near : more.far));
      return asked;
    },
    get roomLeft() {
      return end.rows < asked && size.rows <= size.box;
    },
    get isShort() {
      return end.rows >= asked && asked < rowsMax && size.rows < size.box;
    },
    measured(what, px) {
      size[what] = px;
      if (what !== "rows" || end.rows === 0) return;
      const mean = Math.max(rowPxMin, px / end.rows);
      rowPx = rowPx === 0 || mean < rowPx ? mean : rowPx + (mean - rowPx) * rises;
    },
  };
  return end;
}
