import { time, type Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { unreachable } from "@chorus/core/unreachable.ts";

/** One showing of a room, over all that its encoder drops and comes back. */
export type BroadcastId = string;
/** One connection of an encoder. */
export type PublisherId = string;

export type Broadcast =
  | { readonly phase: "off" }
  | {
      readonly phase: "live";
      readonly id: BroadcastId;
      readonly began: Time;
      readonly publisher: PublisherId;
    }
  | { readonly phase: "interrupted"; readonly id: BroadcastId; readonly began: Time; readonly until: Time }
  /** `closedUntil`: the host has stopped it, and an encoder that comes back by itself begins no other before. */
  | {
      readonly phase: "ended";
      readonly id: BroadcastId;
      readonly began: Time;
      readonly ended: Time;
      readonly closedUntil: Time;
    };

export type BroadcastRules = {
  /** What happens to an encoder that arrives while another one sends. */
  readonly secondPublisher: "refuse" | "take-over";
  /** How long an encoder may be away before the broadcast ends. */
  readonly graceMs: number;
};

export type BroadcastInput =
  /** `fresh` is the id of the broadcast that begins, if one does. */
  | {
      readonly kind: "arrived";
      readonly publisher: PublisherId;
      readonly fresh: BroadcastId;
      readonly now: Time;
    }
  | { readonly kind: "dropped"; readonly publisher: PublisherId; readonly now: Time }
  | { readonly kind: "stopped"; readonly now: Time }
  /** A moment that was scheduled has come, or nothing else has. */
  | { readonly kind: "due"; readonly now: Time };

export type BroadcastEffect =
  | {
      readonly kind: "accept";
      readonly publisher: PublisherId;
      readonly broadcast: BroadcastId;
      readonly continues: boolean;
    }
  | { readonly kind: "refuse"; readonly publisher: PublisherId; readonly sentence: string }
  /** The encoder that was accepted is not any more. */
  | { readonly kind: "dismiss"; readonly publisher: PublisherId; readonly sentence: string }
  | { readonly kind: "tell"; readonly broadcast: Broadcast }
  | { readonly kind: "schedule"; readonly at: Time }
  /** Nothing is added to the broadcast any more: its recording can be closed. */
  | { readonly kind: "finish"; readonly broadcast: BroadcastId };

export type BroadcastStep = { readonly state: Broadcast; readonly effects: readonly BroadcastEffect[] };

export const broadcastOff: Broadcast = { phase: "off" };

export const refusedBeside =
  "Another encoder is on the air in this room: stop it first, or let a second one take over in the room's settings.";
export const takenOver = "Another encoder has taken over this broadcast.";
export const stoppedByHost = "The host has ended this broadcast.";

/** What a room's broadcast becomes by what happened; who calls it carries the effects out in their order. */
export function stepBroadcast(state: Broadcast, rules: BroadcastRules, input: BroadcastInput): BroadcastStep {
  const { state: now, effects } = lapsed(state, input.now);
  const step = stepped(now, rules, input);
  return { state: step.state, effects: [...effects, ...step.effects] };
}

/**
 * The broadcast of a process that ended in its middle: it waits for its encoder for what is left of the grace.
 * @param seen when it was last known to go on.
 */
export function restoredBroadcast(state: Broadcast, rules: BroadcastRules, seen: Time): Broadcast {
  return state.phase === "live" ? interrupted(state, rules, seen) : state;
}

function stepped(state: Broadcast, rules: BroadcastRules, input: BroadcastInput): BroadcastStep {
  switch (input.kind) {
    case "arrived":
      return arrived(state, rules, input);
    case "dropped": {
      if (state.phase !== "live" || state.publisher !== input.publisher) return { state, effects: [] };
      const next = interrupted(state, rules, input.now);
      return { state: next, effects: [tell(next), { kind: "schedule", at: next.until }] };
    }
    case "stopped":
      return stopped(state, input.now);
    case "due":
      return { state, effects: [] };
    default:
      return unreachable(input);
  }
}

function arrived(
  state: Broadcast,
  rules: BroadcastRules,
  input: BroadcastInput & { kind: "arrived" },
): BroadcastStep {
  const { publisher, fresh, now } = input;
  switch (state.phase) {
    case "off":
      return onAir(publisher, fresh, now, false);
    case "ended":
      if (now >= state.closedUntil) return onAir(publisher, fresh, now, false);
      return { state, effects: [{ kind: "refuse", publisher, sentence: closed(state.closedUntil - now) }] };
    case "interrupted":
      return onAir(publisher, state.id, state.began, true);
    case "live": {
      if (rules.secondPublisher === "refuse")
        return { state, effects: [{ kind: "refuse", publisher, sentence: refusedBeside }] };
      const next = onAir(publisher, state.id, state.began, true);
      const dismiss = { kind: "dismiss", publisher: state.publisher, sentence: takenOver } as const;
      return { state: next.state, effects: [dismiss, ...next.effects] };
    }
    default:
      return unreachable(state);
  }
}

function onAir(publisher: PublisherId, id: BroadcastId, began: Time, continues: boolean): BroadcastStep {
  const state: Broadcast = { phase: "live", id, began, publisher };
  return { state, effects: [{ kind: "accept", publisher, broadcast: id, continues }, tell(state)] };
}

function stopped(state: Broadcast, now: Time): BroadcastStep {
  if (state.phase !== "live" && state.phase !== "interrupted") return { state, effects: [] };
  const step = ended(state, now, time(now + limits.mediaStopHoldMs));
  if (state.phase !== "live") return step;
  const dismiss = { kind: "dismiss", publisher: state.publisher, sentence: stoppedByHost } as const;
  return { state: step.state, effects: [dismiss, ...step.effects] };
}

/** Whoever arrives after the grace does not continue what is over, even if nobody has looked since. */
function lapsed(state: Broadcast, now: Time): BroadcastStep {
  if (state.phase !== "interrupted" || now < state.until) return { state, effects: [] };
  return ended(state, state.until, state.until);
}

function ended(state: { id: BroadcastId; began: Time }, at: Time, closedUntil: Time): BroadcastStep {
  const next: Broadcast = { phase: "ended", id: state.id, began: state.began, ended: at, closedUntil };
  return { state: next, effects: [{ kind: "finish", broadcast: state.id }, tell(next)] };
}

function interrupted(
  state: { id: BroadcastId; began: Time },
  rules: BroadcastRules,
  since: Time,
): Broadcast & { phase: "interrupted" } {
  return { phase: "interrupted", id: state.id, began: state.began, until: time(since + rules.graceMs) };
}

function tell(broadcast: Broadcast): BroadcastEffect {
  return { kind: "tell", broadcast };
}

function closed(waitMs: number): string {
  return `${stoppedByHost} Start the next one in ${Math.ceil(waitMs / 1_000)} s.`;
}
