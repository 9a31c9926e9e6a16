import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { type ChorusRoom, connect } from "@chorus/sdk/client.ts";
import { pause } from "./interruption.ts";
import { createReplayCount, type ReplayCount } from "./replay-count.ts";
import { socketTransport } from "./socket-transport.ts";
import { type Target, tokenFor } from "./target.ts";

/** Those who say something in a load. Each text carries the run, a running number and the time. */
export type Talkers = {
  /** So many messages a second in all, evenly, until told to stop. */
  talk(rate: number, ms: number, signal: AbortSignal): Promise<void>;
  readonly count: ReplayCount;
  /** Acknowledged, and received by nobody so far. */
  unheard(): number;
  close(): void;
};

/** One connection may send 15 frames a second on end. */
const ratePerTalker = 10;

export function openTalkers(
  target: Target,
  run: string,
  rate: number,
  heard: (id: EntryId) => boolean,
): Talkers {
  const { url, room } = target;
  const count = createReplayCount();
  const waiting = new Set<EntryId>();
  const clients = Array.from({ length: Math.ceil(rate / ratePerTalker) }, (_, i) => {
    const identity = { sub: `load-talker:${run}:${i + 1}`, name: `Talker ${i + 1}` };
    return connect({
      url,
      token: () => tokenFor(target, { ...identity, grants: ["read", "say", "replay"] }),
      storage: null,
      transport: socketTransport,
      messagesMax: 100,
      idsMax: 1_000,
    });
  });
  const rooms = clients.map((client) => client.join(room));

  function say(talker: ChorusRoom, text: string): void {
    const at = performance.now();
    count.sent();
    void talker.say(text).done.then((outcome) => {
      count.settled(outcome, performance.now() - at);
      if (outcome.status === "confirmed" && !heard(outcome.id)) waiting.add(outcome.id);
    });
  }

  return {
    count,
    async talk(rate, ms, signal) {
      const startedAt = performance.now();
      for (let n = 0; !signal.aborted; n++) {
        const dueMs = (n * 1_000) / rate;
        if (dueMs >= ms) return;
        const waitMs = dueMs - (performance.now() - startedAt);
        if (waitMs > 0) await pause(waitMs, signal);
        const talker = rooms[n % rooms.length];
        if (talker !== undefined && !signal.aborted) say(talker, textOf(run, n, Date.now()));
      }
    },
    unheard() {
      for (const id of waiting) if (heard(id)) waiting.delete(id);
      return waiting.size;
    },
    close() {
      for (const client of clients) client.close();
    },
  };
}

export function textOf(run: string, number: number, at: number): string {
  return `load ${run} ${number} ${at}`;
}

/** When a message of this run was said; null for all other entries. */
export function saidAt(run: string): (body: EntryBody) => number | null {
  const own = `load ${run} `;
  return (body) => {
    if (body.k !== "message" || !body.text.startsWith(own)) return null;
    const at = Number(body.text.slice(own.length).split(" ")[1]);
    return Number.isFinite(at) ? at : null;
  };
}
