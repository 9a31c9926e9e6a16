/** Where the arrow keys lead in a row of buttons, round its ends; null for other keys. */
export function movedTo(key: string, from: number, count: number, rightToLeft: boolean): number | null {
  if (from < 0 || count === 0) return null;
  const next = rightToLeft ? "ArrowLeft" : "ArrowRight";
  const before = rightToLeft ? "ArrowRight" : "ArrowLeft";
  if (key === next) return (from + 1) % count;
  if (key === before) return (from + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
