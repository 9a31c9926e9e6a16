import { type BusMessage, noBytes } from "../bus/bus.ts";
import { every } from "../clock.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { type CrowdMessage, toCrowd } from "../messages.ts";
import type { Feed, Gateway, Verdict } from "./state.ts";

/**
 * How many connections an address, a person or a room has at all gateways of a server, exact to about a second: each gateway
 * tells the others of whom it has its even share of what all may hold, and how many it has of whom another one has told
 * so, once a second and soon after that became so. Whoever reaches a bound over all has an even share of it somewhere, so
 * those few are enough.
 */
export type Crowd = {
  /** What the other gateways have said that they hold. */
  readonly others: Map<string, { at: number } & Counts>;
  /** Nothing was told last, and so nothing need be taken back. */
  quiet: boolean;
  planned: boolean;
};
type Counts = Record<"addresses" | "people" | "rooms", ReadonlyMap<string, number>>;

export const crowdEveryMs = 1_000;
export const crowdSoonMs = 50;
/** A gateway that was silent for so long is gone, with its connections. */
export const crowdKeptMs = 3_500;
/** Of addresses, of people, and of rooms. Only bounds of a few connections make so many worth telling. */
export const crowdToldMax = 10_000;
/** As many as a server can have. */
const gatewaysMax = 64;

export function shareCrowd(gateway: Gateway): () => void {
  const stops = [
    gateway.bus.subscribe(toCrowd, (message) => receive(gateway, message)),
    every(gateway.clock, crowdEveryMs, () => {
      forgetSilent(gateway);
      tell(gateway);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** One more: where so many are an even share, the others hear of it soon. */
export function noteCrowd(gateway: Gateway, count: number, most: number): void {
  if (count >= shareOf(gateway, most)) tellSoon(gateway);
}

export function isAddressFull(gateway: Gateway, address: string): boolean {
  const here = gateway.addresses.get(address) ?? 0;
  return here + elsewhere(gateway, "addresses", address) >= gateway.caps.perAddress;
}

/** Turns away whom the token would let in, but who has as many connections as a person may have. */
export function unlessCrowded(gateway: Gateway, verdict: Verdict): Verdict {
  if (!verdict.ok) return verdict;
  const { id } = verdict.person;
  const here = gateway.people.get(id)?.size ?? 0;
  if (here + elsewhere(gateway, "people", id) < gateway.caps.perPerson) {
    noteCrowd(gateway, here + 1, gateway.caps.perPerson);
    return verdict;
  }
  gateway.observe.limit?.("connectionsPerPersonMax");
  return { ok: false, close: "tooManyConnections", sentence: "You have too many connections open." };
}

/** Whether a room has as many viewers as it may have; if not, there is one more now. Staff are not counted. */
export function isRoomFull(gateway: Gateway, room: RoomId): boolean {
  const { perRoom } = gateway.caps;
  const feed = gateway.feeds.get(room);
  const here = feed === undefined ? 0 : viewersOf(feed);
  if (here + elsewhere(gateway, "rooms", room) >= perRoom) return true;
  noteCrowd(gateway, here + 1, perRoom);
  return false;
}

function viewersOf({ audiences }: Feed): number {
  return audiences.public.members.size;
}

function tellSoon(gateway: Gateway): void {
  const { crowd, clock } = gateway;
  if (crowd.planned) return;
  crowd.planned = true;
  clock.after(crowdSoonMs, () => {
    crowd.planned = false;
    tell(gateway);
  });
}

function tell(gateway: Gateway): void {
  const { bus, crowd } = gateway;
  const head = tellable(gateway);
  const nothing = head.addresses.length + head.people.length + head.rooms.length === 0;
  if (!nothing || !crowd.quiet) bus.publish(toCrowd, { head, body: noBytes });
  crowd.quiet = nothing;
}

function elsewhere({ crowd }: Gateway, what: keyof Counts, key: string): number {
  let sum = 0;
  for (const counts of crowd.others.values()) sum += counts[what].get(key) ?? 0;
  return sum;
}

function receive(gateway: Gateway, { head }: BusMessage): void {
  const { gateway: other, addresses, people, rooms } = head as CrowdMessage;
  const { others } = gateway.crowd;
  if (other === gateway.id || (others.size >= gatewaysMax && !others.has(other))) return;
  const known = others.get(other);
  const counts = {
    at: gateway.clock.now(),
    addresses: new Map(addresses),
    people: new Map(people),
    rooms: new Map(rooms),
  };
  others.set(other, counts);
  const { perAddress, perPerson, perRoom } = gateway.caps;
  if (
    asksAnew(gateway.addresses, known?.addresses, counts.addresses, shareOf(gateway, perAddress)) ||
    asksAnew(gateway.people, known?.people, counts.people, shareOf(gateway, perPerson)) ||
    asksAnew(gateway.feeds, known?.rooms, counts.rooms, shareOf(gateway, perRoom))
  )
    tellSoon(gateway);
}

/** Whether somebody who is here too has come to an even share there. */
function asksAnew(
  here: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, number> | undefined,
  now: ReadonlyMap<string, number>,
  share: number,
): boolean {
  for (const [key, count] of now)
    if (count >= share && (before?.get(key) ?? 0) < share && here.has(key)) return true;
  return false;
}

function shareOf({ caps }: Gateway, most: number): number {
  return Math.max(1, Math.ceil(most / (caps.gateways ?? 1)));
}

function forgetSilent({ crowd, clock }: Gateway): void {
  for (const [other, { at }] of crowd.others) if (clock.now() - at > crowdKeptMs) crowd.others.delete(other);
}

function tellable(gateway: Gateway): CrowdMessage {
  const { caps, addresses, people, feeds } = gateway;
  return {
    m: "crowd",
    gateway: gateway.id,
    addresses: worthTelling(gateway, "addresses", addresses, caps.perAddress, (count) => count),
    people: worthTelling(gateway, "people", people, caps.perPerson, ({ size }) => size),
    rooms: worthTelling(gateway, "rooms", feeds, caps.perRoom, viewersOf),
  };
}

function worthTelling<Held>(
  gateway: Gateway,
  what: keyof Counts,
  held: ReadonlyMap<string, Held>,
  most: number,
  countOf: (held: Held) => number,
): [string, number][] {
  const { crowd, observe } = gateway;
  const share = shareOf(gateway, most);
  const asked = new Set<string>();
  for (const counts of crowd.others.values())
    for (const [key, count] of counts[what]) if (count >= share) asked.add(key);
  const told: [string, number][] = [];
  for (const [key, one] of held) {
    const count = countOf(one);
    if (count < share && !asked.has(key)) continue;
    if (told.length >= crowdToldMax) {
      observe.limit?.("crowdToldMax");
      break;
    }
    told.push([key, count]);
  }
  return told;
}
