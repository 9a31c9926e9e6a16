import type { Answer } from "@chorus/core/room/inputs.ts";
import type { RoomRecord } from "@chorus/core/record.ts";
import type { EntryId, Epoch, RoomId } from "@chorus/protocol/ids.ts";
import type { LimitName } from "@chorus/protocol/limits.ts";
import { type Bus, noBytes } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log/log.ts";
import { type KeeperMessage, toGateway } from "../messages.ts";
import type { RoomHost } from "./room-host.ts";
import type { Keep } from "./trimming.ts";

export type KeeperOptions = {
  readonly log: Log;
  readonly bus: Bus;
  readonly clock: Clock;
  /** Tells this life of the keeper from the one before. */
  readonly instance: string;
  mintEpoch(): Epoch;
  mintId(): EntryId;
  readonly keep?: Keep;
  readonly observe: KeeperObserver;
};

export type KeeperObserver = {
  appended?(records: readonly RoomRecord[], tookMs: number): void;
  answered?(answers: readonly Answer[]): void;
  limit?(name: LimitName): void;
  logFailed?(room: RoomId, sentence: string): void;
  /** Tokens could not be called back. */
  revokeFailed?(sentence: string): void;
  trimmed?(records: number): void;
};

/** What the keeper's process holds: the rooms in its hands, and which of them the next turn will step. */
export type KeeperState = KeeperOptions & {
  readonly hosts: Map<RoomId, RoomHost>;
  readonly due: Set<RoomHost>;
  turnPlanned: boolean;
  /** How many times tokens were called back in this life. */
  revision: number;
};

export function tell(keeper: KeeperState, gateway: string, message: KeeperMessage): void {
  keeper.bus.publish(toGateway(gateway), { head: message, body: noBytes });
}

export function answer(keeper: KeeperState, answers: readonly (Answer | null)[]): void {
  const given = answers.filter((one) => one !== null);
  if (given.length === 0) return;
  keeper.observe.answered?.(given);
  for (const [gateway, items] of Map.groupBy(given, ({ origin }) => origin.gateway)) {
    tell(keeper, gateway, { m: "answers", items });
  }
}
