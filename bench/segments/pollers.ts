import { Agent, get } from "node:http";
import type { Live } from "@chorus/protocol/polled.ts";

/**
 * The process of those who poll, through the cache: each asks for `live` now and then, and for what it lists and they have not.
 * Asked what they came to, it answers with their counts since the start.
 */
export type PollCount = {
  polls: number;
  segments: number;
  bytes: number;
  /** Of answers that came from Chorus and not from the cache, the most that one room had. */
  mostFromChorus: number;
  fromChorus: number;
  /** Positions that no segment covered, where the one before and the one after were listed. */
  holes: number;
  /** Old revisions that were gone when they were asked for; the next poll leads elsewhere. */
  gone: number;
  failed: number;
  /** Of the time until `live` was there. */
  p99Ms: number;
};

const [port = "", roomCount = "", viewerCount = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const codings = ["br", "gzip", "gzip, deflate, br, zstd"];
const fromChorus = new Map<string, number>();
const waits: number[] = [];
const count = { polls: 0, segments: 0, bytes: 0, holes: 0, gone: 0, failed: 0 };

for (let room = 0; room < Number(roomCount); room++) {
  for (let i = 0; i < Number(viewerCount); i++)
    void view(`room-${room}`, codings[i % codings.length] ?? "br");
}
process.on("message", () => process.send?.(counted()));
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
process.send?.({ ready: true });

/** One viewer, who remembers where they are and which revisions they have, as an SDK would. */
async function view(room: string, coding: string): Promise<never> {
  const revisions = new Map<number, number>();
  let position: number | null = null;
  let pollMs = 3_000;
  await pause(Math.random() * pollMs);
  for (;;) {
    const startedAt = performance.now();
    const answer = await ask(room, "live", "identity");
    count.polls += 1;
    waits.push(performance.now() - startedAt);
    if (answer !== null) {
      const live = JSON.parse(answer.toString()) as Live;
      pollMs = live.pollMs;
      for (const { n, rev, from, to } of live.segments) {
        if (revisions.get(n) === rev) continue;
        if (position !== null && from > position + 1) count.holes += 1;
        if ((await ask(room, `segments/${live.epoch}/${n}/${rev}`, coding)) === null) continue;
        count.segments += 1;
        revisions.set(n, rev);
        position = Math.max(position ?? 0, to);
      }
      const oldest = live.segments[0]?.n ?? 0;
      for (const n of revisions.keys()) if (n < oldest) revisions.delete(n);
    }
    await pause(pollMs * (0.8 + 0.4 * Math.random()) - (performance.now() - startedAt));
  }
}

/** Null when there is none; counted. */
function ask(room: string, file: string, coding: string): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const path = `/v1/rooms/${room}/${file}`;
    const headers = { "accept-encoding": coding };
    get({ host: "127.0.0.1", port, path, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const body = Buffer.concat(parts);
        count.bytes += body.length;
        if (response.headers["x-cache"] !== "HIT") fromChorus.set(room, (fromChorus.get(room) ?? 0) + 1);
        if (response.statusCode === 404) count.gone += 1;
        else if (response.statusCode !== 200) count.failed += 1;
        resolve(response.statusCode === 200 ? body : null);
      });
    }).on("error", () => {
      count.failed += 1;
      resolve(null);
    });
  });
}

function counted(): PollCount {
  const sorted = waits.toSorted((a, b) => a - b);
  const each = [...fromChorus.values()];
  return {
    ...count,
    mostFromChorus: Math.max(0, ...each),
    fromChorus: each.reduce((sum, one) => sum + one, 0),
    p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
