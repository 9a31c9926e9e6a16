import { setTimeout } from "node:timers/promises";
import { deflate } from "@chorus/server/gateway/deflate.ts";
import { pin } from "../cores.ts";
import { ended, startScript, told } from "../processes.ts";
import type { CrowdOrder, CrowdSpec, Group, Ids, Look, Phase } from "./orders.ts";
import { type Durations, percentile, sumOf } from "./tallies.ts";

/**
 * Many viewers of a server, in processes of their own on one core: as many as their open files need, each with its share of
 * every group.
 */
export type Crowd = {
  readonly viewers: number;
  readonly readers: number;
  say(group: number, perSecond: number, ms: number): Promise<void>;
  remove(group: number, everyMs: number, ms: number): Promise<void>;
  /** @param everyMs how often each sends what they tapped; null for as often as the server says. */
  tap(group: number, perSecondEach: number, everyMs: number | null, ms: number): Promise<void>;
  /** So many stop reading. Returns how many did. */
  pause(group: number, viewers: number): Promise<number>;
  resume(): Promise<void>;
  /** What was counted since this was asked last. */
  phase(): Promise<Phase>;
  look(): Promise<Look>;
  /** Waits until nothing comes any more, or for so long. True when all have all. */
  settle(withinMs: number): Promise<boolean>;
  ids(): Promise<Ids>;
  stop(): Promise<void>;
};

/** A process may open 20,000 files. */
const perProcess = 12_500;
const loadCore = 1;
const lookEveryMs = 200;
const quietLooks = 8;
const entersPerSecond = 2_000;

export type CrowdOptions = {
  port: number;
  groups: Group[];
  chat: string | undefined;
  /** As the SDK offers, if nothing is said. */
  accept?: string[];
  entersPerSecond?: number;
};

/** @throws when not everybody gets in. */
export async function openCrowd(options: CrowdOptions): Promise<Crowd> {
  const wanted = options.groups.reduce((sum, { viewers }) => sum + viewers, 0);
  const parts = Math.ceil(wanted / perProcess);
  const children = Array.from({ length: parts }, (_, part) => {
    const { port, groups, chat, accept = [deflate] } = options;
    const spec: CrowdSpec = { port, accept, groups, part, parts, chat: chat ?? null };
    const child = startScript(new URL("./crowd-process.ts", import.meta.url), [JSON.stringify(spec)]);
    pin([child.pid ?? 0], loadCore);
    return child.setMaxListeners(0);
  });
  await Promise.all(children.map((child) => told(child)));
  const { promise: gone, reject } = Promise.withResolvers<never>();
  /* Whoever waits for an answer hears of it; at the end nobody does. */
  gone.catch(() => {});
  for (const child of children)
    child.once("exit", (code) => reject(new Error(`A process of the crowd ended with ${code}.`)));
  let orders = 0;

  function tell<T>(order: CrowdOrder): Promise<T[]> {
    const id = orders++;
    return Promise.all(
      children.map((child) => {
        const { promise, resolve } = Promise.withResolvers<T>();
        const hear = (message: unknown): void => {
          const answer = message as { id: number; answer: T };
          if (answer.id !== id) return;
          child.off("message", hear);
          resolve(answer.answer);
        };
        child.on("message", hear);
        child.send({ id, order });
        return Promise.race([promise, gone]);
      }),
    );
  }

  async function look(): Promise<Look> {
    return allLooks(await tell<Look>({ do: "look" }));
  }

  async function settle(withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    let before = (await look()).positions;
    for (let quiet = 0; performance.now() < until;) {
      await setTimeout(lookEveryMs);
      const { positions } = await look();
      quiet = positions.lowest === positions.highest && positions.highest === before.highest ? quiet + 1 : 0;
      before = positions;
      if (quiet >= quietLooks) return true;
    }
    return false;
  }

  const perSecond = (options.entersPerSecond ?? entersPerSecond) / parts;
  const { live, readers } = allLooks(await tell<Look>({ do: "enter", perSecond }));
  if (live < wanted) throw new Error(`Only ${live} of ${wanted} viewers came in.`);
  return {
    viewers: wanted,
    readers,
    say: async (group, perSecond, ms) => void (await tell({ do: "say", group, perSecond, ms })),
    remove: async (group, everyMs, ms) => void (await tell({ do: "remove", group, everyMs, ms })),
    tap: async (group, perSecondEach, everyMs, ms) =>
      void (await tell({ do: "tap", group, perSecondEach, everyMs, ms })),
    async pause(group, viewers) {
      const counts = await tell<number>({ do: "pause", group, viewers });
      return counts.reduce((sum, count) => sum + count, 0);
    },
    resume: async () => void (await tell({ do: "resume" })),
    phase: async () => allPhases(await tell<Phase>({ do: "phase" })),
    look,
    settle,
    async ids() {
      const all = await tell<Ids>({ do: "ids" });
      return {
        acked: all.flatMap(({ acked }) => acked),
        seen: all.flatMap(({ seen }) => seen),
        ownUnseen: all.reduce((sum, { ownUnseen }) => sum + ownUnseen, 0),
      };
    },
    async stop() {
      await Promise.all(children.map(ended));
    },
  };
}

function allLooks(looks: readonly Look[]): Look {
  const sum = (of: (look: Look) => number): number => looks.reduce((total, look) => total + of(look), 0);
  const newest = looks.toSorted((a, b) => tapsIn(b) - tapsIn(a))[0];
  return {
    viewers: sum(({ viewers }) => viewers),
    live: sum(({ live }) => live),
    readers: sum(({ readers }) => readers),
    positions: {
      lowest: Math.min(...looks.map(({ positions }) => positions.lowest)),
      highest: Math.max(...looks.map(({ positions }) => positions.highest)),
    },
    tier: Math.max(...looks.map(({ tier }) => tier)),
    tierMet: Math.max(...looks.map(({ tierMet }) => tierMet)),
    reactions: newest?.reactions ?? {},
    gatherMsMet: Math.max(...looks.map(({ gatherMsMet }) => gatherMsMet)),
  };
}

function tapsIn({ reactions }: Look): number {
  return Object.values(reactions).reduce((sum, count) => sum + count, 0);
}

/** The processes share one core: their processor time is added up, the time that passed is the longest. */
function allPhases(phases: readonly Phase[]): Phase {
  const groups = phases[0]?.groups ?? [];
  return {
    counts: sumOf(phases),
    groups: groups.map((_, i) => ({
      publish: phases.flatMap(({ groups }) => groups[i]?.publish ?? []),
      ack: phases.flatMap(({ groups }) => groups[i]?.ack ?? []),
      safety: phases.flatMap(({ groups }) => groups[i]?.safety ?? []),
    })),
    away: phases.flatMap(({ away }) => away),
    ms: Math.max(...phases.map(({ ms }) => ms)),
    cpuMs: phases.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

/** Phases that came one after the other, as one. */
export function phasesJoined(parts: readonly Phase[]): Phase {
  const all = <T>(of: (part: Phase) => T[]): T[] => parts.flatMap(of);
  return {
    counts: sumOf(parts),
    groups: (parts[0]?.groups ?? []).map((_, i) => ({
      publish: all(({ groups }) => groups[i]?.publish ?? []),
      ack: all(({ groups }) => groups[i]?.ack ?? []),
      safety: all(({ groups }) => groups[i]?.safety ?? []),
    })),
    away: all(({ away }) => away),
    ms: parts.reduce((sum, { ms }) => sum + ms, 0),
    cpuMs: parts.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

/** Of the one core that those who load have. */
export function loadShare({ cpuMs, ms }: Phase): number {
  return Number((cpuMs / ms).toFixed(3));
}

export const loadShareMax = 0.85;

/** The three that are looked at. */
export function percentiles(name: string, durations: Durations): Record<string, number> {
  const of = (percent: number): number => percentile(durations, percent);
  return { [`${name}.p50`]: of(50), [`${name}.p95`]: of(95), [`${name}.p99`]: of(99) };
}
