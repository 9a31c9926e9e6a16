import { randomBytes } from "node:crypto";
import { type Epoch, entryId, epoch, roomId, type EntryId } from "@chorus/protocol/ids.ts";
import { defaultRoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Bus } from "../bus/bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { type Keeper, type KeeperObserver, startKeeper } from "../keeper/keeper.ts";
import type { Log } from "../log/log.ts";

/** Ids and epochs are drawn from the system's randomness: 96 and 72 bits. */
export function mintId(): EntryId {
  return entryId(randomBytes(12).toString("base64url"));
}

export function mintEpoch(): Epoch {
  return epoch(randomBytes(9).toString("base64url"));
}

export function startKeeperRole(config: Config, log: Log, bus: Bus, observe: KeeperObserver): Keeper {
  const instance = randomBytes(9).toString("base64url");
  const keeper = startKeeper({ log, bus, clock: systemClock, instance, mintEpoch, mintId, observe });
  if (config.dev) keeper.create(roomId("demo"), { ...defaultRoomSettings, title: "Demo", guests: true }, () => {});
  return keeper;
}
