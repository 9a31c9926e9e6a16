import { refusals } from "@chorus/protocol/refusals.ts";
import type { ChorusRoom } from "@chorus/sdk/client.ts";

/** Whether one may write, and what is good to know before one does. */
export type Permission = { may: true; hint: string | null } | { may: false; why: string };

export type RoomFacts = Pick<ChorusRoom, "state" | "role" | "grants" | "settings">;

/** @param mute what is known of a mute of this person, in words. */
export function permissionIn({ state, role, grants, settings }: RoomFacts, mute: string | null): Permission {
  if (state === "refused" || state === "left") return no("You are not in this room.");
  // Nothing is known yet: what is written now waits like everything that is written while offline.
  if (role === null || settings === null) return { may: true, hint: null };
  if (!grants.includes("say")) return no("You may read here, not write.");
  if (settings.state === "archived") return no("This room is closed for good.");
  if (mute !== null) return no(mute);
  if (isStaff(grants)) return { may: true, hint: null };
  if (settings.state === "scheduled") return no(refusals["not-open"].sentence);
  if (settings.state === "ended") return no(refusals.ended.sentence);
  if (settings.mode === "read-only") return no(refusals["read-only"].sentence);
  const hints = [
    settings.mode === "moderated" ? "A moderator reads every message first." : "",
    settings.slowMs > 0 ? `Slow mode: one message every ${Math.ceil(settings.slowMs / 1_000)} s.` : "",
  ].filter((hint) => hint !== "");
  return { may: true, hint: hints.length === 0 ? null : hints.join(" ") };
}

export function isStaff(grants: ChorusRoom["grants"]): boolean {
  return grants.includes("moderate") || grants.includes("host");
}

function no(why: string): Permission {
  return { may: false, why };
}
