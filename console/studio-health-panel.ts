import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import { find, setText } from "./element.ts";
import type { Ingest } from "./studio-broadcast.ts";
import { type HealthLine, healthLines, type HealthWarning, healthWarnings } from "./studio-health.ts";

/** How what is being sent arrives, written anew at each answer of the server. */
export type HealthPanel = { show(ingest: Ingest, own: boolean): void };

export function createHealthPanel(words: StudioWords): HealthPanel {
  const list = find("#health-lines", HTMLElement);
  const none = find("#health-none", HTMLElement);
  const warnings = find("#health-warnings", HTMLElement);
  const said = find("#encoder-said", HTMLElement);
  /** What was said of this page itself is no news of an encoder, now or later. */
  let ofOwn: string | null = null;

  return {
    show(ingest, own) {
      const lines = healthLines(ingest, own).map((line) => textOf(line, words));
      if (ingest.publisher !== null)
        lines.unshift({ name: words.line.from, value: own ? words.ownBrowser : words.by[ingest.publisher] });
      if (ingest.state === "live") lines.push(viewersOf(ingest, words));
      none.hidden = lines.length > 0;
      list.hidden = lines.length === 0;
      writeLines(list, lines);
      const warned = healthWarnings(ingest, own).map((warning) => sentenceOf(warning, ingest, words));
      /* Said once, and not again while it stays so. */
      setText(warnings, warned.join(" "));
      warnings.hidden = warned.length === 0;
      if (own) ofOwn = ingest.said;
      said.hidden = ingest.said === null || ingest.said === ofOwn;
      setText(find("#encoder-said-text", HTMLElement), ingest.said ?? "");
    },
  };
}

type Line = { readonly name: string; readonly value: string; readonly bad?: boolean };

/** The terms stay the elements that they are, so that nobody who reads them is thrown out. */
function writeLines(list: HTMLElement, lines: readonly Line[]): void {
  while (list.children.length > lines.length) list.lastElementChild?.remove();
  while (list.children.length < lines.length) {
    const row = list.appendChild(document.createElement("div"));
    row.append(document.createElement("dt"), document.createElement("dd"));
  }
  for (const [index, { name, value, bad = false }] of lines.entries()) {
    const row = list.children[index];
    const [term, fact] = row?.children ?? [];
    if (term === undefined || fact === undefined) continue;
    setText(term, name);
    setText(fact, value);
    row?.classList.toggle("bad", bad);
  }
}

function textOf(line: HealthLine, words: StudioWords): Line {
  const name = words.line[line.of];
  switch (line.of) {
    case "bitrate":
      return { name, value: bitrateOf(line.bitsPerSecond, words) };
    case "size":
      return { name, value: `\u2066${line.width} × ${line.height}\u2069` };
    case "fps":
      return { name, value: words.decimal(line.framesPerSecond, 0) };
    case "keyFrames":
      return { name, value: words.seconds(words.decimal(line.seconds, 1)), bad: line.far };
    case "loss":
      return { name, value: words.percent(words.decimal(line.percent, 1)), bad: line.high };
    case "rtt":
      return { name, value: words.milliseconds(words.decimal(line.ms, 0)), bad: line.high };
  }
}

function bitrateOf(bitsPerSecond: number, words: StudioWords): string {
  if (bitsPerSecond < 1_000_000) return words.kilobits(words.decimal(bitsPerSecond / 1_000, 0));
  return words.megabits(words.decimal(bitsPerSecond / 1_000_000, 1));
}

function viewersOf({ viewers }: Ingest, words: StudioWords): Line {
  return { name: words.line.viewers, value: words.watchingBy(viewers.whep, viewers.hls) };
}

function sentenceOf(warning: HealthWarning, { health }: Ingest, words: StudioWords): string {
  const seconds = words.decimal((health?.keyFrameMs ?? 0) / 1_000, 1);
  const sentence = words.warning[warning];
  return typeof sentence === "string" ? sentence : sentence(seconds);
}
