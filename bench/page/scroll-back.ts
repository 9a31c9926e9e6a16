import { setTimeout } from "node:timers/promises";
import { openPhone, type Phone } from "./phone.ts";

/** Reading back through what was said, by the wheel, on a phone that is not slowed. Frames are those of the page's own clock. */
export type Scrolled = { messages: number; frames: number[]; starvedMs: number[]; seconds: number };

const wheelPx = -700;
const everyMs = 50;
const secondsMax = 90;
const plainMs = 5_000;

export async function scrollBack(url: string, wanted: number): Promise<Scrolled> {
  const phone = await openPhone(url);
  let newest = 0;
  let oldest = Infinity;
  const passed = () => Math.max(0, newest - oldest);
  phone.page.on("request", (request) => {
    const before = new URL(request.url()).searchParams.get("before");
    if (!request.url().includes("/history?") || before === null) return;
    newest = Math.max(newest, Number(before));
    oldest = Math.min(oldest, Number(before));
  });
  try {
    await setTimeout(2_000);
    return await scroll(phone, passed, wanted);
  } finally {
    await phone.close();
  }
}

/** The same wheel over as many rows of plain text, which the browser alone scrolls. */
export async function scrollPlainList(rows: number): Promise<Scrolled> {
  const phone = await openPhone(null);
  try {
    await phone.page.setContent(
      `<ol>${Array.from({ length: rows }, (_, i) => `<li>viewer ${i}: what was said as number ${i}</li>`).join("")}</ol>`,
    );
    await phone.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await setTimeout(1_000);
    const startedAt = performance.now();
    return await scroll(phone, () => (performance.now() - startedAt > plainMs ? rows : 0), rows);
  } finally {
    await phone.close();
  }
}

/** Until so many messages have been passed, or it takes too long. */
async function scroll(phone: Phone, passed: () => number, wanted: number): Promise<Scrolled> {
  const startedAt = performance.now();
  const until = startedAt + secondsMax * 1_000;
  await phone.page.mouse.move(195, 500);
  await phone.begin(true);
  while (passed() < wanted && performance.now() < until) {
    await phone.page.mouse.wheel(0, wheelPx);
    await setTimeout(everyMs);
  }
  const { ticks, origin } = await phone.read();
  const spans = ticks.slice(1).map((at, i) => ({ start: ticks[i] ?? at, ms: at - (ticks[i] ?? at) }));
  return {
    messages: passed(),
    frames: spans.map(({ ms }) => ms),
    starvedMs: spans.map(({ start, ms }) => (ms > 50 ? phone.wait.within({ start: origin + start, ms }) : 0)),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}
