/** A set of whole numbers that mostly follow one another, as disjoint ranges in order. */
export type Spans = {
  add(from: number, to: number): void;
  has(number: number): boolean;
  /** How many of its numbers lie from `from` to `to`. */
  count(from: number, to: number): number;
};

type Span = { from: number; to: number };

export function createSpans(): Spans {
  const spans: Span[] = [];

  function add(from: number, to: number): void {
    const last = spans.at(-1);
    if (to < from) return;
    if (last !== undefined && from === last.to + 1) last.to = to;
    else if (last === undefined || from > last.to) spans.push({ from, to });
    else merge(from, to);
  }

  function merge(from: number, to: number): void {
    let first = spans.length;
    while (first > 0 && (spans[first - 1]?.to ?? 0) >= from - 1) first -= 1;
    let end = first;
    const merged = { from, to };
    for (let span = spans[end]; span !== undefined && span.from <= to + 1; span = spans[++end]) {
      merged.from = Math.min(merged.from, span.from);
      merged.to = Math.max(merged.to, span.to);
    }
    spans.splice(first, end - first, merged);
  }

  return {
    add,
    has: (number) => (spans.findLast(({ from }) => from <= number)?.to ?? -Infinity) >= number,
    count: (from, to) =>
      spans.reduce(
        (sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from) + 1),
        0,
      ),
  };
}
