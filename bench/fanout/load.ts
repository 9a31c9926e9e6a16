import { linesOf } from "../page/log-lines.ts";
import { helloOf, type Kind, masked, openSocket } from "../bare-sockets.ts";

/**
 * The process of those who receive, and, where the row is Chorus, of a few who talk. Orders come from the benchmark; each is
 * answered when it is done.
 */
export type LoadOrder = { do: "say"; perSecond: number; ms: number } | { do: "count" };
/** Since the start. `bytes` of the one that got least; frames and entries of one of them. */
export type LoadCount = {
  sockets: number;
  bytes: number;
  frames: number;
  entries: number;
  closed: number;
};

const [port, kind, count, key = "", chat] = process.argv.slice(2);
const talkers = 64;
const connectsAtOnce = 64;
/** As the SDK does. */
const seenEveryMs = 10_000;
const tickMs = 10;
const room = "demo";
const kinds: readonly Kind[] = ["chorus", "socket.io", "plain"];
const its = kinds.find((one) => one === kind) ?? "plain";
let [frames, entries, position, closed, said] = [0, 0, 0, 0, 0];
let carry = "";

const people = Array.from({ length: Number(count) }, (_, i) => i);
const opened = await inTurns(people, async (i) => openSocket(Number(port), its, await framesOf(i)));
for (const { socket } of opened) socket.on("close", () => (closed += 1)).on("error", () => {});
opened[0]?.watch(witness);
const lines = its === "chorus" ? await linesOf(chat, talkers) : [];
if (its === "chorus") setInterval(report, seenEveryMs);

process.on("message", (order: LoadOrder) => {
  if (order.do === "say") say(order);
  else process.send?.(counted());
});
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
process.send?.({ ready: true });

async function inTurns<Given, Made>(
  given: readonly Given[],
  make: (one: Given) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let at = 0; at < given.length; at += connectsAtOnce)
    made.push(...(await Promise.all(given.slice(at, at + connectsAtOnce).map(make))));
  return made;
}

async function framesOf(number: number): Promise<string[]> {
  if (its === "plain") return [];
  return its === "socket.io" ? ["40"] : helloOf(number, key, ["read", "say", "react", "replay"]);
}

/** What one of them gets, all get. A frame may come in several chunks. */
function witness(chunk: Buffer): void {
  const text = carry + chunk.toString("latin1");
  for (const [, from, to] of text.matchAll(/"t":"entries","room":"demo","from":(\d+),"to":(\d+)/g)) {
    if (Number(to) <= position) continue;
    frames += 1;
    entries += Number(to) - Number(from) + 1;
    position = Number(to);
  }
  carry = text.slice(-80);
}

/** Who reports nothing is held back after a while. */
function report(): void {
  const frame = masked(JSON.stringify({ t: "seen", room, seq: position }));
  if (position > 0) for (const { socket } of opened) socket.write(frame);
}

/** Evenly: each at its time from the start, so that one which is late makes no other late. */
function say({ perSecond, ms }: { perSecond: number; ms: number }): void {
  const startedAt = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const passed = Math.min(ms, performance.now() - startedAt);
    for (; due < (passed / 1_000) * perSecond; due++) sayNext();
    if (passed < ms) return;
    clearInterval(timer);
    process.send?.({ said: due });
  }, tickMs);
}

function sayNext(): void {
  const number = said++;
  const talker = opened[1 + (number % talkers)];
  const text = lines[number % lines.length]?.text ?? "…";
  const name = `bench${String(number % talkers).padStart(7, "0")}:${Math.floor(number / talkers)}`;
  talker?.socket.write(masked(JSON.stringify({ t: "say", room, key: name, text })));
}

function counted(): LoadCount {
  const bytes = Math.min(...opened.map((one) => one.bytes));
  return { sockets: opened.length, bytes, frames, entries, closed };
}
