import { linesOf } from "../page/log-lines.ts";
import { helloOf, type Kind, masked, openSocket } from "../bare-sockets.ts";
import { createWitness } from "./witness.ts";

/**
 * The process of those who receive, and, where the row is Chorus, of a few who talk. Orders come from the benchmark; each is
 * answered when it is done.
 */
export type LoadOrder =
  | { do: "say"; perSecond: number; ms: number }
  /** Says how far it has read, which nobody is told: a frame that only comes in. */
  | { do: "report"; perSecond: number; ms: number }
  | { do: "count" };
/** Since the start. `bytes` of the one that got least; frames and entries of one of them. */
export type LoadCount = {
  sockets: number;
  bytes: number;
  frames: number;
  entries: number;
  closed: number;
};

const [port, kind, count, key = "", accept = "", chat] = process.argv.slice(2);
const talkers = 64;
const connectsAtOnce = 64;
/** As the SDK does: after a while, and sooner when much has come. */
const seen = { everyMs: 10_000, lookMs: 250, bytes: 96 * 1024 };
const tickMs = 10;
const room = "demo";
const grants = ["read", "say", "react", "replay"];
const offered = accept === "" ? [] : accept.split(",");
const kinds: readonly Kind[] = ["chorus", "socket.io", "plain"];
const its = kinds.find((one) => one === kind) ?? "plain";
const witness = createWitness();
let [closed, said, reported] = [0, 0, 0];
type Look = { position: number; bytes: number };
/** The last two. */
let [before, all]: [Look, Look] = [
  { position: 0, bytes: 0 },
  { position: 0, bytes: 0 },
];
let told = { ...all, at: 0 };

const people = Array.from({ length: Number(count) }, (_, i) => i);
const opened = await inTurns(people, async (i) => openSocket(Number(port), its, await framesOf(i)));
for (const { socket } of opened) socket.on("close", () => (closed += 1)).on("error", () => {});
if (its === "chorus") opened[0]?.watch(witness.read);
const lines = its === "chorus" ? await linesOf(chat, talkers) : [];
if (its === "chorus") setInterval(report, seen.lookMs);

process.on("message", (order: LoadOrder) => {
  if (order.do === "say") evenly(order, sayNext);
  else if (order.do === "report") evenly(order, reportNext);
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
  return its === "socket.io" ? ["40"] : helloOf(number, key, grants, offered);
}

/** Who reports nothing is held back after a while. What the witness had a look ago all have; of what it has now some wait. */
function report(): void {
  const bytes = opened[0]?.bytes ?? 0;
  const now = performance.now();
  all = before;
  before = { position: witness.position, bytes };
  if (all.position === told.position) return;
  if (now - told.at < seen.everyMs && bytes - told.bytes < seen.bytes) return;
  told = { ...all, at: now };
  const frame = reportFrame();
  for (const { socket } of opened) socket.write(frame);
}

function reportFrame(): Buffer {
  return masked(JSON.stringify({ t: "seen", room, seq: Math.max(1, all.position) }));
}

/** Evenly: each at its time from the start, so that one which is late makes no other late. */
function evenly({ perSecond, ms }: { perSecond: number; ms: number }, next: () => void): void {
  const startedAt = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const passed = Math.min(ms, performance.now() - startedAt);
    for (; due < (passed / 1_000) * perSecond; due++) next();
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

function reportNext(): void {
  opened[reported++ % opened.length]?.socket.write(reportFrame());
}

function counted(): LoadCount {
  const bytes = Math.min(...opened.map((one) => one.bytes));
  const { frames, entries } = witness;
  return { sockets: opened.length, bytes, frames, entries, closed };
}
