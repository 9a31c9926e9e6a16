/** What stands beside one playlist, beside the other. */
export function movedTo(asked: string, from: string, to: string): string {
  const [before, after] = [folderOf(from), folderOf(to)];
  return asked.startsWith(before) ? after + asked.slice(before.length) : asked;
}

function folderOf(url: string): string {
  return new URL(".", url).href;
}
