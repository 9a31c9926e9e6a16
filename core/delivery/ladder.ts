import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type Tier, tiers } from "@chorus/protocol/tiers.ts";
import { cohortsFor } from "./cut.ts";

/**
 * What a room that is too hot for its gateway gives up, step by step, and when it gets it back: totals become rare, windows
 * wide, people slow, then each viewer is shown a part, then viewers fetch segments. Every tier has the means of those
 * before it.
 *
 * Heat is how much of the loop writing to the room would take, over what one room may take of it; 1 is all of it. It is
 * reckoned for each tier from what is said and who listens, so that a tier is left when the one below would do, not when its
 * own means have cooled the room. A room is calm as long as windows of half a second and one total a second are enough: more
 * totals take only what is left of the loop.
 */
export type Load = {
  readonly sockets: number;
  /** So many are on their way: the first tiers are there before them. */
  readonly expected: number;
  /** Entries and bytes that the public would read of the room, and totals that would be told; each second. */
  readonly entries: number;
  readonly bytes: number;
  readonly tallies: number;
  /** How much longer writing takes here than `writeUs` and `byteUs` say. */
  readonly slowness: number;
  /** Above 1 where the loop has less time for a room than its share, or its line carries less than is written. */
  readonly crowding: number;
  /** The part of the loop that one room may take. */
  readonly share: number;
  /** The tiers that this room may come to, in their order. */
  readonly open: readonly Tier[];
};

/** What a write and a byte of it cost where `slowness` is 1; microseconds. Measured on one core of a small cloud machine. */
const writeUs = 9;
const byteUs = 0.0003;

export function heatAt(tier: Tier, load: Load): number {
  const { entries, bytes, tallies, slowness, crowding, share } = load;
  if (isAt(tier, "segments")) return 0;
  const sockets = isAt(tier, "wide") ? load.sockets : Math.max(load.sockets, load.expected);
  const flushes = Math.min(entries, 1_000 / (isAt(tier, "wide") ? limits.windowMsMax : limits.windowMsCalm));
  const totals = Math.min(
    tallies,
    1_000 / (isAt(tier, "cosmetic") ? limits.tallyRareMs : limits.tallyYieldMs),
  );
  const part = isAt(tier, "capped") ? partShown(entries) : 1;
  const busyUs = sockets * ((flushes + totals) * writeUs + part * bytes * byteUs) * slowness;
  return (busyUs * crowding * unread(part * entries)) / 1_000_000 / share;
}

/** How many times more is shown than a person can read: a gateway that could write it has better to do. */
function unread(shown: number): number {
  return Math.max(1, shown / limits.cappedPerSecond);
}

/** How much of what is said each viewer of a capped room is shown. */
function partShown(entries: number): number {
  return entries === 0 ? 1 : Math.min(1 / cohortsFor(entries), limits.cappedPerSecond / entries);
}

/** How slow writing is here, from what was measured. */
export function slownessOf(writes: number, bytes: number, tookUs: number): number {
  return tookUs / (writes * writeUs + bytes * byteUs);
}

export type Ladder = {
  readonly tier: Tier;
  /** When it got there. */
  readonly since: Time;
  /** Since when a tier below would have done; null while none would. */
  readonly coolSince: Time | null;
  /** Hot enough that people should know, before anything is done. */
  readonly warned: boolean;
  /** At the tier it is at. */
  readonly heat: number;
  /** How many parts the messages are shown in; 1 where all are shown to all. */
  readonly cohorts: number;
  /** Since when fewer would have done. */
  readonly fewerSince: Time | null;
};

export const calm: Ladder = {
  tier: "calm",
  since: time(0),
  coolSince: null,
  warned: false,
  heat: 0,
  cohorts: 1,
  fewerSince: null,
};

const hot = limits.heatActPercent / 100;
const warm = limits.heatWarnPercent / 100;
const cool = limits.heatLeavePercent / 100;
/** A calm room below is as good as cold: most rooms of a server are, and nothing need be remembered of them. */
const mild = 0.01;
/** A room this hot does not wait for the tiers in between to show what they can do. */
const blazing = 1.5 * hot;

/** Up as soon as the room is hot, down when a tier below would have done for a while: to the first that does. */
export function climb(before: Ladder, load: Load, now: Time): Ladder {
  const heat = heatAt(before.tier, load);
  if (before.tier === "calm" && heat < mild)
    return before.heat === 0 ? before : { ...calm, since: before.since };
  const warned = before.tier !== "calm" || heat >= (before.warned ? warm / 2 : warm);
  const stayedMs = now - before.since;
  if (heat >= blazing || (heat >= hot && stayedMs >= patienceMs(before.tier))) {
    const tier = heat >= blazing ? enough(before.tier, load) : above(before.tier, load);
    if (tier !== before.tier) return arrive(tier, load, now);
  }
  const below = coolest(before.tier, load);
  const coolSince = below === null ? null : (before.coolSince ?? now);
  if (
    below !== null &&
    coolSince !== null &&
    now - coolSince >= limits.tierLeaveMs &&
    stayedMs >= limits.tierLeaveMs
  )
    return arrive(below, load, now);
  return { ...before, coolSince, warned, heat, ...regroup(before, load, now) };
}

/** More cohorts at once, fewer when those have long been enough. */
function regroup(
  { tier, cohorts, fewerSince }: Ladder,
  load: Load,
  now: Time,
): Pick<Ladder, "cohorts" | "fewerSince"> {
  if (!isAt(tier, "capped")) return { cohorts: 1, fewerSince: null };
  const wanted = cohortsFor(load.entries);
  if (wanted >= cohorts) return { cohorts: wanted, fewerSince: null };
  const since = fewerSince ?? now;
  if (now - since < limits.tierLeaveMs) return { cohorts, fewerSince: since };
  return { cohorts: wanted, fewerSince: null };
}

function arrive(tier: Tier, load: Load, now: Time): Ladder {
  const cohorts = isAt(tier, "capped") ? cohortsFor(load.entries) : 1;
  const heat = heatAt(tier, load);
  return { tier, since: now, coolSince: null, warned: tier !== "calm", heat, cohorts, fewerSince: null };
}

/** What people do about being slowed down shows later than what a process does. */
function patienceMs(tier: Tier): number {
  return tier === "slow" ? limits.tierSlowMs : limits.tierStepMs;
}

/** The first tier from here on that would do. */
function enough(tier: Tier, load: Load): Tier {
  for (const one of load.open) if (isAt(one, tier) && heatAt(one, load) < hot) return one;
  return load.open.at(-1) ?? tier;
}

function above(tier: Tier, { open }: Load): Tier {
  return open.find((one) => one !== tier && isAt(one, tier)) ?? tier;
}

/** The first tier that would do, if it is below. */
function coolest(tier: Tier, load: Load): Tier | null {
  return load.open.find((one) => !isAt(one, tier) && heatAt(one, load) < cool) ?? null;
}

/** Whether a tier has the means of another. */
export function isAt(tier: Tier, other: Tier): boolean {
  return tiers.indexOf(tier) >= tiers.indexOf(other);
}

/** The pause between two messages of a person while a room is at a tier; 0 for none. */
export function slowMsAt(tier: Tier): number {
  if (isAt(tier, "segments")) return limits.slowMsMax;
  if (isAt(tier, "capped")) return limits.slowMsMax / 2;
  return isAt(tier, "slow") ? limits.slowMsMin : 0;
}
