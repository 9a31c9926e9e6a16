import type { Tally } from "@chorus/protocol/frames.ts";
import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { isAt, slowMsAt } from "../delivery/ladder.ts";
import type { Heat, Input } from "./inputs.ts";
import type { RoomState } from "./state.ts";
import { note, type Turn } from "./turn.ts";

/**
 * Tallies are the latest value of what is counted: shown often, conflated, kept in the journal now and then. After a
 * crash reactions continue from the last kept totals; the viewer count rebuilds itself from the gateways' leases.
 */
export function tap(room: RoomState, taps: Readonly<Record<string, number>>): void {
  if (room.settings.state === "archived") return;
  for (const [emoji, count] of Object.entries(taps)) {
    if (!room.settings.emoji.includes(emoji)) continue;
    if (!room.reactions.has(emoji) && room.reactions.size >= limits.emojiPerRoomMax) forgetFormer(room);
    room.reactions.set(emoji, (room.reactions.get(emoji) ?? 0) + count);
    room.reactionsUnkept = true;
  }
}

export function lease(
  { room, now, limits: reached }: Turn,
  { gateway, viewers, heat }: Input & { i: "lease" },
): void {
  if (!room.leases.has(gateway)) viewersIn(room, now);
  if (!room.leases.has(gateway) && room.leases.size >= limits.gatewaysPerRoomMax)
    return void reached.push("gatewaysPerRoomMax");
  room.leases.set(gateway, { viewers, heat: heat ?? null, until: time(now + limits.leaseMs) });
}

export function keepTally(turn: Turn): void {
  const { room } = turn;
  if (!room.reactionsUnkept) return;
  note(turn, { n: "tally", v: room.tallyVersion, reactions: Object.fromEntries(room.reactions) });
}

export function viewersIn(room: RoomState, now: Time): number {
  let viewers = 0;
  for (const [gateway, lease] of room.leases) {
    if (lease.until > now) viewers += lease.viewers;
    else room.leases.delete(gateway);
  }
  return viewers;
}

/** Where the room is hottest; null where it is calm everywhere. */
export function hottestIn({ leases }: RoomState, now: Time): Heat | null {
  let hottest: Heat | null = null;
  for (const { heat, until } of leases.values()) {
    if (heat === null || until <= now) continue;
    if (hottest === null || !isAt(hottest.tier, heat.tier)) hottest = heat;
    else if (hottest.tier === heat.tier && hottest.percent < heat.percent) hottest = heat;
  }
  return hottest;
}

/** The pause between two messages of a person that the room's heat asks for; 0 for none. */
export function slowMsIn(room: RoomState, now: Time): number {
  if (!room.settings.slowUnderLoad) return 0;
  const hottest = hottestIn(room, now);
  return hottest === null ? 0 : slowMsAt(hottest.tier);
}

/** Versions follow the clock, so that they rise over restarts too. */
export function nextTally(room: RoomState, now: Time): Tally {
  room.tallyVersion = Math.max(room.tallyVersion + 1, now);
  const reactions = Object.fromEntries(room.reactions);
  const viewers = viewersIn(room, now);
  const slowMs = slowMsIn(room, now);
  const { id, publicSeq, tallyVersion: v } = room;
  const tally: Tally = { t: "tally", room: id, v, viewers, seq: publicSeq, reactions };
  if (slowMs > 0) tally.slowMs = slowMs;
  if (hottestIn(room, now)?.tier === "segments") tally.polled = true;
  return tally;
}

/** Totals of reactions that the room no longer has make place for those it has. */
function forgetFormer(room: RoomState): void {
  for (const emoji of room.reactions.keys())
    if (!room.settings.emoji.includes(emoji)) room.reactions.delete(emoji);
}
