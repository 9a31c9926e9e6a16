import { setTimeout } from "node:timers/promises";
import { type Hands, useHands } from "./hands.ts";
import { openPhone, type Phone } from "./phone.ts";
import type { Recording, Span } from "./recording.ts";

/** One run: the page beside a playing video, with the chat or with the chat closed. */
export type Watched = {
  recording: Recording;
  seconds: number;
  hands: Hands;
  /** How many interactions took long enough for the browser to report them. */
  reported: number;
  /** Milliseconds of a span of the page's time in which its thread had no core. */
  waitedMs(span: Span): number;
  withoutACorePercent: number;
  frames: { shown: number; dropped: number };
  heapGrowthBytes: number;
};
export type Watching = {
  page: string;
  video: string;
  chat: boolean;
  seconds: number;
  slower: number;
  /** When the page is there, and when it has been watched. */
  begun(): void;
  ended(): void;
};

/** What a page does when it has just been opened is not what is measured. */
const settleMs = 5_000;
/** When the first heap is taken; of a short run, after a third of it. */
const heapAtSeconds = 10;

export async function watch(watching: Watching): Promise<Watched> {
  const phone = await openPhone(watching.page);
  try {
    await playVideo(phone, watching.video);
    if (!watching.chat) await phone.page.evaluate(() => document.querySelector("chorus-chat")?.remove());
    await phone.slow(watching.slower);
    await setTimeout(settleMs);
    return await measure(phone, watching);
  } finally {
    await phone.close();
  }
}

async function measure(phone: Phone, { chat, seconds, begun, ended }: Watching): Promise<Watched> {
  const over = new AbortController();
  await phone.begin();
  const before = await phone.read();
  const endsAt = performance.now() + seconds * 1_000;
  begun();
  const hands = chat ? useHands(phone, over.signal) : Promise.resolve({ keys: 0, pointers: 0 });
  const early = Math.min(heapAtSeconds, seconds / 3);
  await setTimeout(early * 1_000);
  const collecting = await collectedAt(phone);
  await setTimeout(endsAt - performance.now());
  const recording = await phone.read();
  ended();
  over.abort();
  const window = { start: before.origin + before.now, ms: recording.now - before.now };
  const heapGrowthBytes = (await phone.heapBytes()) - collecting.bytes;
  return {
    recording: without(recording, collecting.span),
    seconds: window.ms / 1_000,
    hands: await hands,
    reported: recording.interactions.length,
    waitedMs: ({ start, ms }) => phone.wait.within({ start: recording.origin + start, ms }),
    withoutACorePercent: (100 * phone.wait.within(window)) / window.ms,
    frames: {
      shown: recording.video.shown - before.video.shown,
      dropped: recording.video.dropped - before.video.dropped,
    },
    heapGrowthBytes,
  };
}

/** To collect garbage stops the page for a while, and the paint after it has more to do: both are this program's doing. */
const afterCollectingMs = 500;

async function collectedAt(phone: Phone): Promise<{ bytes: number; span: Span }> {
  const start = await phone.page.evaluate(() => performance.now());
  const bytes = await phone.heapBytes();
  const end = await phone.page.evaluate(() => performance.now());
  return { bytes, span: { start, ms: end - start + afterCollectingMs } };
}

function without(recording: Recording, span: Span): Recording {
  const apart = ({ start, ms }: Span) => start + ms < span.start || start > span.start + span.ms;
  const { tasks, interactions } = recording;
  return { ...recording, tasks: tasks.filter(apart), interactions: interactions.filter(apart) };
}

async function playVideo({ page }: Phone, url: string): Promise<void> {
  await page.evaluate(async (src) => {
    const video = document.createElement("video");
    video.muted = true;
    video.src = src;
    video.style.cssText = "inline-size: 100%; block-size: 100%;";
    document.querySelector("#video")?.replaceChildren(video);
    await video.play();
  }, url);
}
