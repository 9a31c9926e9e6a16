import type { ChorusRoom } from "@chorus/sdk/client.ts";

/** Where a room stands, as its page says it. Why somebody may not enter one, the chat says. */
export const phases = ["connecting", "scheduled", "live", "ended", "archived", "none", "refused"] as const;
export type Phase = (typeof phases)[number];

export type RoomFacts = Pick<ChorusRoom, "state" | "reason" | "settings" | "tally">;
export type RoomSummary = {
  readonly title: string;
  /** As it was last heard: a picture does not change because the chat has lost its connection. */
  readonly phase: Phase;
  /** Whether that is how it is now. */
  readonly current: boolean;
  /** Zero while the number is old, or nobody is counted yet. */
  readonly viewers: number;
};

/** A room that is asked for and has not answered. */
export const unheard: RoomFacts = { state: "joining", reason: null, settings: null, tally: null };

/** @param name what a room is called that has no title, or says none yet. */
export function summaryOf(name: string, room: RoomFacts): RoomSummary {
  const { state, settings, tally } = room;
  const current = state === "live" || state === "paused";
  return {
    title: settings?.title || name,
    phase: phaseOf(room),
    current,
    viewers: current ? (tally?.viewers ?? 0) : 0,
  };
}

function phaseOf({ state, reason, settings }: RoomFacts): Phase {
  if (reason === "no-such-room") return "none";
  if (state === "refused") return "refused";
  return settings?.state ?? "connecting";
}
