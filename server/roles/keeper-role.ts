import { randomBytes } from "node:crypto";
import { key, personId, roomId } from "@chorus/protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { type Keeper, startKeeper } from "../keeper/keeper.ts";
import type { KeeperObserver } from "../keeper/state.ts";
import type { Log } from "../log/log.ts";
import { mintEpoch, mintId } from "./mint.ts";

export function startKeeperRole(config: Config, log: Log, bus: Bus, observe: KeeperObserver): Keeper {
  const instance = randomBytes(9).toString("base64url");
  const keeper = startKeeper({
    log,
    bus,
    clock: systemClock,
    instance,
    mintEpoch,
    mintId,
    keep: config.keep,
    observe,
  });
  if (config.dev) openDemo(keeper);
  return keeper;
}

/** A development server has a room to try, open to guests. */
function openDemo(keeper: Keeper): void {
  const room = roomId("demo");
  const settings = { title: "Demo", guests: true };
  keeper.create(room, (outcome) => {
    if (outcome !== "created") return;
    keeper.accept(room, {
      i: "command",
      origin: { gateway: "", connection: 0 },
      actor: {
        id: personId("chorus"),
        name: "Chorus",
        skeleton: "",
        role: "host",
        grants: ["moderate", "host"],
      },
      command: { t: "moderate", room, key: key("demo-room:0"), act: { do: "settings", settings } },
      id: mintId(),
    });
  });
}
