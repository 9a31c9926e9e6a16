import type { Answer, Heat, Input } from "@chorus/core/room/inputs.ts";
import type { RoomView } from "@chorus/core/room/view.ts";
import type { Audience, Head } from "@chorus/core/record.ts";
import type { Tally } from "@chorus/protocol/frames.ts";
import type { PersonId, RoomId, Time } from "@chorus/protocol/ids.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Revoked } from "./log/log.ts";
import type { ViewHead } from "./keeper/record.ts";

/**
 * What gateways and the keeper say to each other over the bus, by subject. All of it may be lost, late or repeated:
 * attach is asked until it is answered, records have offsets, inputs have keys.
 */
export const toKeeper = "keeper";
export const toGateways = "gateways";
export const toGateway = (gateway: string): string => `gateway.${gateway}`;
export const toRoom = (room: RoomId): string => `room.${room}`;

export type GatewayMessage =
  /** The gateway wants everything of the room; it has subscribed to the room's subject already. */
  | { m: "attach"; gateway: string; room: RoomId }
  | { m: "detach"; gateway: string; room: RoomId }
  | { m: "inputs"; gateway: string; items: { room: RoomId; input: Input }[] }
  | { m: "view"; gateway: string; room: RoomId; audience: Audience }
  | { m: "create"; gateway: string; call: number; room: RoomId }
  | { m: "info"; gateway: string; call: number; room: RoomId; person: PersonId | null }
  | { m: "revoke"; gateway: string; call: number; person: PersonId };

export type CreateOutcome = "created" | "exists" | "unavailable";

/** From when on what is issued counts, `full` where too many are revoked already. */
export type RevokeOutcome = { before: Time } | "full" | "unavailable";

export type RoomInfo = {
  room: RoomId;
  head: Head;
  settings: RoomSettings;
  viewers: number;
  /** Where it is hottest; null where it is calm everywhere. */
  heat: Heat | null;
  /** Whether the person who was asked about is banned. */
  banned: boolean;
};

/** To one gateway. `retryMs` says when to ask again. */
export type KeeperMessage =
  | { m: "attached"; room: RoomId; head: Head; settings: RoomSettings; bans: RoomView["bans"]; tally: Tally }
  | { m: "no-room"; room: RoomId }
  | { m: "unavailable"; room: RoomId; retryMs: number }
  | { m: "view"; view: ViewHead }
  | { m: "answers"; items: Answer[] }
  | { m: "created"; call: number; outcome: CreateOutcome }
  | { m: "info"; call: number; info: RoomInfo | "no-such-room" | "unavailable" }
  | { m: "revoked"; call: number; outcome: RevokeOutcome };

/** To every gateway attached to a room. The body is the record's bytes. */
export type RoomMessage = { m: "record"; record: unknown } | { m: "tally"; tally: Tally };

/** Among gateways: what they hold of addresses, people and rooms that may have too much of the server, and have asked over HTTP. */
export const toCrowd = "crowd";
export type CrowdMessage = {
  m: "crowd";
  gateway: string;
  addresses: [string, number][];
  people: [string, number][];
  rooms: [string, number][];
};
export const toBudgets = "budgets";
export type BudgetMessage = { m: "budget"; gateway: string; spent: [string, number][] };

/**
 * To every gateway, now and then: which keeper lives, and where its rooms stand, so that a lost last record is missed. `revision`
 * counts whose tokens this life of the keeper has called back; who has missed one reads all of them from the log.
 */
export type Pulse = { m: "pulse"; keeper: string; revision: number; heads: [RoomId, string, number][] };
/** To every gateway, at once: this person's tokens of before are void, and it is durable. */
export type RevokedMessage = { m: "revocation"; keeper: string; revision: number } & Revoked;
