import type { PersonId, RoomId } from "@chorus/protocol/ids.ts";
import { call, type Called, type Informed } from "../gateway/calls.ts";
import { isBannedFrom } from "../gateway/joins.ts";
import type { Gateway } from "../gateway/state.ts";
import type { Standing } from "./identify.ts";
import type { Problem } from "./problem.ts";
import { infoIn } from "./room-answers.ts";

/** How a room is run, and whether it has banned somebody. */
export function askInfo(
  gateway: Gateway,
  room: RoomId,
  person: PersonId | null,
  withinMs: number,
): Promise<Called<Informed>> {
  return call(gateway, { m: "info", room, person }, withinMs);
}

/** From what this gateway follows anyway, so that reading goes on while the keeper is away; else from the keeper. */
export async function standingOf(
  gateway: Gateway,
  room: RoomId,
  person: PersonId | null,
  withinMs: number,
): Promise<Standing | Problem> {
  const feed = gateway.feeds.get(room);
  if (feed === undefined || feed.settings === null)
    return infoIn(await askInfo(gateway, room, person, withinMs));
  return { settings: feed.settings, banned: person !== null && isBannedFrom(gateway, feed, person) };
}
