import type { PersonId, RoomId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Standing } from "../../api/identify.ts";
import type { Problem } from "../../api/problem.ts";
import { infoIn } from "../../api/room-answers.ts";
import { call, type Caller } from "../../gateway/calls.ts";

/** How rooms are run, and whom they have banned, as the keeper says. */
export type Standings = {
  of(room: RoomId, person: PersonId | null): Promise<Standing | Problem>;
};

/**
 * Whoever asks again within some seconds gets what was said before; while the keeper is away, what was said last counts,
 * so that a picture goes on without it. The oldest is forgotten first.
 */
export function createStandings(caller: Caller, withinMs: number): Standings {
  const known = new Map<string, { at: Time; standing: Standing }>();

  async function of(room: RoomId, person: PersonId | null): Promise<Standing | Problem> {
    const name = `${room} ${person ?? ""}`;
    const before = known.get(name);
    if (before !== undefined && caller.clock.now() - before.at < limits.mediaStandingMs)
      return before.standing;
    const info = infoIn(await call(caller, { m: "info", room, person }, withinMs));
    if ("problem" in info) return info.problem === "unavailable" ? (before?.standing ?? info) : info;
    const standing = { settings: info.settings, banned: info.banned };
    known.delete(name);
    known.set(name, { at: caller.clock.now(), standing });
    const [oldest] = known.keys();
    if (known.size > limits.mediaStandingsMax && oldest !== undefined) known.delete(oldest);
    return standing;
  }

  return { of };
}
