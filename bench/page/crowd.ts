import { setTimeout } from "node:timers/promises";
import { roomId } from "@chorus/protocol/ids.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import { developmentSigningKey } from "@chorus/server/cli/signing-key.ts";
import { socketTransport } from "@chorus/server/cli/socket-transport.ts";
import { type Target, tokenFor } from "@chorus/server/cli/target.ts";
import { type ChorusRoom, connect } from "@chorus/sdk/client.ts";
import { type Line, linesOf } from "./log-lines.ts";

/**
 * The process of those who talk and react in the room that the page shows. Lines are said evenly, each at its time from the
 * start, so that one which is late makes no other late; a line that begins with a mention answers one of just before.
 */
export type CrowdOrder =
  | { do: "run"; messagesPerSecond: number; tapsPerSecond: number }
  | { do: "tell" }
  /** Says so many more, as fast as they are acknowledged. */
  | { do: "fill"; messages: number };
/** Since the last order. `cpuShare` is of one core. */
export type CrowdTold = { seconds: number; sent: number; taps: number; unanswered: number; cpuShare: number };

const talkers = 64;
const tickMs = 10;
const answeredBack = 10;
const fillAtOnce = 40;

if ("problem" in developmentSigningKey) throw new Error(developmentSigningKey.problem);
const [, , url = "", room = "", chat] = process.argv;
const target: Target = { url, room: roomId(room), secret: developmentSigningKey.secret };
const lines = await linesOf(chat, talkers);
const rooms = await Promise.all(Array.from({ length: talkers }, (_, i) => enter(i)));
let next = 0;
let unanswered = 0;
let lifeEnds = new AbortController();
let since = mark();

process.on("message", (order: CrowdOrder) => {
  if (order.do === "tell") return void process.send?.(told());
  lifeEnds.abort();
  lifeEnds = new AbortController();
  since = mark();
  if (order.do === "run") void run(order.messagesPerSecond, order.tapsPerSecond, lifeEnds.signal);
  else void fill(order.messages);
});
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
process.send?.({ ready: true });

function enter(i: number): Promise<ChorusRoom> {
  const identity = { sub: `crowd:${i + 1}`, name: `viewer_${(i * 7_919 + 4_321).toString(36)}` };
  const chorus = connect({
    url: target.url,
    token: () => tokenFor(target, { ...identity, grants: ["read", "say", "react", "replay"] }),
    storage: null,
    transport: socketTransport,
    messagesMax: 50,
    idsMax: 1_000,
  });
  const joined = chorus.join(target.room);
  return new Promise((resolve) => {
    joined.on("state", ({ state }) => state === "live" && resolve(joined));
  });
}

async function run(messagesPerSecond: number, tapsPerSecond: number, signal: AbortSignal): Promise<void> {
  for (const startedAt = performance.now(); !signal.aborted; await setTimeout(tickMs)) {
    const seconds = (performance.now() - startedAt) / 1_000;
    for (; since.sent < seconds * messagesPerSecond; since.sent++) void say();
    for (; since.taps < seconds * tapsPerSecond; since.taps++) tap(since.taps);
  }
}

async function fill(messages: number): Promise<void> {
  await Promise.all(
    Array.from({ length: fillAtOnce }, async () => {
      for (; since.sent < messages; await say()) since.sent += 1;
    }),
  );
  process.send?.(told());
}

async function say(): Promise<void> {
  const line: Line = lines[next++ % lines.length] ?? { author: 0, text: "…" };
  const joined = rooms[line.author];
  if (joined === undefined) return;
  const answered = line.text.startsWith("@") ? joined.messages.at(-answeredBack)?.id : null;
  unanswered += 1;
  const { status } = await joined.say(line.text, answered == null ? {} : { reply: answered }).done;
  if (status === "confirmed") unanswered -= 1;
}

function tap(number: number): void {
  const { emoji } = defaultRoomSettings;
  rooms[number % rooms.length]?.react(emoji[(number * 7) % emoji.length] ?? "");
}

function mark(): { at: number; cpu: NodeJS.CpuUsage; sent: number; taps: number } {
  return { at: performance.now(), cpu: process.cpuUsage(), sent: 0, taps: 0 };
}

function told(): CrowdTold {
  const seconds = (performance.now() - since.at) / 1_000;
  const { user, system } = process.cpuUsage(since.cpu);
  const { sent, taps } = since;
  return { seconds, sent, taps, unanswered, cpuShare: (user + system) / 1e6 / seconds };
}
