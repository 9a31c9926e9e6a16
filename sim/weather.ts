import type { Random } from "./random.ts";

/**
 * What may go wrong, and how often: drawn anew for each seed, many of them zero, so that faults meet in every
 * combination and some worlds are all but calm (swarm testing, Groce et al. 2012).
 */
export type Weather = {
  clients: number;
  gateways: number;
  /** Milliseconds of bad weather, and of calm after it in which everything must come right. */
  stormMs: number;
  calmMs: number;
  /** Pause between two actions of a client, on average. */
  actionEveryMs: number;
  busLoss: number;
  busLate: number;
  busRepeat: number;
  /** Whether the bus says that it may have lost something. */
  busResets: boolean;
  logFails: number;
  logFailsAfterWriting: number;
  readsFail: number;
  logMs: number;
  keeperCrashes: number;
  gatewayCrashes: number;
  connectionsBreak: number;
  connectionsHalfOpen: number;
  readersStall: number;
  reloads: number;
  linkMs: number;
  /** Share of a person's acts that moderate, for those who may. */
  moderation: number;
  smallLimits: boolean;
  /** The part of its loop that a gateway gives a room: in some worlds so little that a few people make it hot. */
  roomShare: number;
  /** Tabs that nobody looks at for a while. */
  tabsHidden: number;
};

export function drawWeather(random: Random): Weather {
  const maybe = (share: number, value: () => number): number => (random.chance(share) ? value() : 0);
  const rare =
    (most: number): (() => number) =>
    () =>
      random.next() * most;
  const some =
    (most: number): (() => number) =>
    () =>
      random.integer(1, most);
  return {
    clients: random.integer(3, 7),
    gateways: random.integer(1, 3),
    stormMs: random.integer(7_500, 15_000),
    calmMs: 75_000,
    actionEveryMs: random.integer(250, 900),
    busLoss: maybe(0.4, rare(0.05)),
    busLate: maybe(0.4, rare(0.1)),
    busRepeat: maybe(0.4, rare(0.1)),
    busResets: random.chance(0.5),
    logFails: maybe(0.3, rare(0.05)),
    logFailsAfterWriting: maybe(0.3, rare(0.05)),
    readsFail: maybe(0.3, rare(0.5)),
    logMs: random.pick([0, 1, 5, 40, 200]),
    keeperCrashes: maybe(0.6, some(3)),
    gatewayCrashes: maybe(0.6, some(3)),
    connectionsBreak: maybe(0.7, some(5)),
    connectionsHalfOpen: maybe(0.4, some(2)),
    readersStall: maybe(0.4, some(2)),
    reloads: maybe(0.4, some(2)),
    linkMs: random.pick([1, 20, 150]),
    moderation: random.next() * 0.5,
    smallLimits: random.chance(0.5),
    roomShare: random.chance(0.4) ? 10 ** -(4 + random.next() * 1.5) : 0.35,
    tabsHidden: maybe(0.4, some(3)),
  };
}
