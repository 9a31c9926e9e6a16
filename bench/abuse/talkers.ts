import { type ChorusRoom, connect, type Shown } from "@chorus/sdk/client.ts";
import { roomId } from "@chorus/protocol/ids.ts";
import {
  createLatencies,
  type Latencies,
  type Percentiles,
  percentilesOf,
} from "@chorus/server/cli/latencies.ts";
import { developmentSigningKey } from "@chorus/server/cli/signing-key.ts";
import { socketTransport } from "@chorus/server/cli/socket-transport.ts";
import { type Target, tokenFor } from "@chorus/server/cli/target.ts";
import type { Said } from "./findings.ts";

/**
 * The process of those who just talk: ordinary viewers with the SDK's client, each of whom says something every 1.2 s, which is
 * within the pace of a room. They measure how long it takes from say to receipt, all by one clock.
 */
export type TalkersOrder = { phase: string; group: "abuse" | null } | { stop: true };
export type Talked = {
  talkers: number;
  sent: number;
  received: number;
  refused: number;
  failed: number;
  disconnected: number;
  gaps: number;
  lost: number;
  doubled: number;
  phases: Record<string, Percentiles>;
  /** What others said: as it was shown, and to how many. */
  others: { said: Said; talkers: number }[];
};

const people = 50;
const everyMs = 1_200;
const lastReceiptsMs = 3_000;
const messagesMax = 100;
const startedBy = /^talk (\d+) ([\d.]+)$/;

if ("problem" in developmentSigningKey) throw new Error(developmentSigningKey.problem);
const target: Target = {
  url: String(process.argv[2]),
  room: roomId("demo"),
  secret: developmentSigningKey.secret,
};
const said: { by: number; acked: boolean }[] = [];
const receipts: Uint8Array[] = [];
const others = new Map<string, { said: Said; talkers: number }>();
const latencies = new Map<string, Latencies>();
const counts = { sent: 0, received: 0, refused: 0, failed: 0, disconnected: 0, gaps: 0 };
const messagesTotalMax = 20_000;
let measured: Latencies[] = [];
let talking = true;

process.on("message", (order: TalkersOrder) => {
  if ("stop" in order) void stop();
  else measured = [order.phase, ...(order.group === null ? [] : [order.group])].map(latenciesOf);
});
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
await Promise.all(Array.from({ length: people }, (_, i) => talk(i)));
process.send?.({ ready: true });

/** Resolves when the talker is in the room. */
function talk(i: number): Promise<void> {
  const identity = { sub: `talker:${i + 1}`, name: `Talker ${i + 1}`, grants: ["read", "say"] as const };
  const chorus = connect({
    url: target.url,
    token: () => tokenFor(target, { ...identity, grants: [...identity.grants] }),
    storage: null,
    transport: socketTransport,
    messagesMax,
  });
  const received = new Uint8Array(messagesTotalMax);
  receipts.push(received);
  const room = chorus.join(target.room);
  room.on("message", (message) => receive(message, received));
  room.on("gap", () => (counts.gaps += 1));
  return new Promise((resolve) => {
    room.on("state", ({ state }) => {
      if (state === "live") resolve();
    });
    let wasLive = false;
    chorus.on("state", ({ state }) => {
      if (wasLive && state !== "live" && talking) counts.disconnected += 1;
      wasLive = state === "live";
    });
    setTimeout(() => setInterval(() => say(i, room), everyMs), (i * everyMs) / people);
  });
}

function say(by: number, room: ChorusRoom): void {
  if (!talking || said.length >= messagesTotalMax) return;
  const message = { by, acked: false };
  const number = said.push(message) - 1;
  counts.sent += 1;
  void room.say(`talk ${number} ${performance.now()}`).done.then(({ status }) => {
    message.acked = status === "confirmed";
    if (status === "refused" || status === "held") counts.refused += 1;
    if (status === "failed") counts.failed += 1;
  });
}

function receive(message: Shown, received: Uint8Array): void {
  const talk = startedBy.exec(message.text);
  if (talk === null || !message.by?.startsWith("talker:")) return hear(message);
  const number = Number(talk[1]);
  received[number] = (received[number] ?? 0) + 1;
  counts.received += 1;
  const tookMs = performance.now() - Number(talk[2]);
  for (const row of measured) row.record(tookMs);
}

function hear({ id, by, name, text }: Shown): void {
  const said: Said = { id: id ?? "", by: by ?? "", name, text };
  const key = JSON.stringify(said);
  const known = others.get(key) ?? { said, talkers: 0 };
  known.talkers += 1;
  others.set(key, known);
}

function latenciesOf(phase: string): Latencies {
  const known = latencies.get(phase) ?? createLatencies();
  latencies.set(phase, known);
  return known;
}

async function stop(): Promise<void> {
  talking = false;
  await new Promise((resolve) => setTimeout(resolve, lastReceiptsMs));
  let lost = 0;
  let doubled = 0;
  for (const [number, { by, acked }] of said.entries()) {
    for (const [i, received] of receipts.entries()) {
      const times = received[number] ?? 0;
      if (times > 1) doubled += times - 1;
      if (acked && times === 0 && i !== by) lost += 1;
    }
  }
  const phases = Object.fromEntries([...latencies].map(([phase, row]) => [phase, percentilesOf(row)]));
  const talked: Talked = { talkers: people, ...counts, lost, doubled, phases, others: [...others.values()] };
  process.send?.(talked);
}
