import { readChatLog } from "@chorus/server/cli/chat-log.ts";

/** What is said, and by which of the talkers. */
export type Line = { author: number; text: string };

/** The lines of a recorded chat in their order, its authors dealt to so many talkers; without a file, invented ones. */
export async function linesOf(chat: string | undefined, talkers: number): Promise<Line[]> {
  if (chat === undefined) return inventedLines(talkers);
  const log = await readChatLog(chat, null);
  if ("problem" in log) throw new Error(log.problem);
  const numbers = new Map<string, number>();
  return log.lines.map(({ author, text }, i) => {
    const name = author ?? String(i);
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return { author: number % talkers, text };
  });
}

/** As long as a real stream's log, and with as much that was said just before: there it is a good third. */
const inventedCount = 3_090;
const repeatedShare = 0.38;
const recent = 12;
/** Lengths in words: of ten lines most are a word or two, and one is a sentence. */
const lengths = [1, 1, 1, 2, 2, 3, 4, 6, 9, 16];
const vocabulary =
  "gg lol no yes wow that was so close again what a play chat is this real clip it hello from the back row nice one :D ❤️ 😂 🔥 👏 @ada wait why did they do please next round good game everyone".split(
    " ",
  );

function inventedLines(talkers: number): Line[] {
  const below = numbersBelow(1);
  const lines: Line[] = [];
  for (let i = 0; i < inventedCount; i++) {
    const before = lines.at(-1 - below(Math.max(1, Math.min(recent, lines.length))));
    const repeats = before !== undefined && below(100) < repeatedShare * 100;
    lines.push({ author: below(talkers), text: repeats ? before.text : sentence(below) });
  }
  return lines;
}

function sentence(below: (end: number) => number): string {
  const length = lengths[below(lengths.length)] ?? 1;
  return Array.from({ length }, () => vocabulary[below(vocabulary.length)]).join(" ");
}

/** The same numbers in every run (Park and Miller's generator). */
function numbersBelow(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % end;
  };
}
