import { noBytes } from "../bus/bus.ts";
import { type GatewayMessage, type RevokedMessage, type RevokeOutcome, toGateways } from "../messages.ts";
import { type KeeperState, tell } from "./state.ts";

/** Tokens called back: nobody hears of it before it is durable, and then every gateway at once. */
export function revoke(
  keeper: KeeperState,
  { gateway, call, person }: GatewayMessage & { m: "revoke" },
): void {
  const before = keeper.clock.now();
  keeper.log.revoke({ person, before }, (outcome) => {
    tell(keeper, gateway, { m: "revoked", call, outcome: outcomeOf() });

    function outcomeOf(): RevokeOutcome {
      if (!outcome.ok) {
        keeper.observe.revokeFailed?.(outcome.failure.message);
        return "unavailable";
      }
      if (outcome.value === "full") {
        keeper.observe.limit?.("revocationsMax");
        return "full";
      }
      keeper.revision += 1;
      const { instance, revision } = keeper;
      const head = { m: "revocation", keeper: instance, revision, person, before } satisfies RevokedMessage;
      keeper.bus.publish(toGateways, { head, body: noBytes });
      return { before };
    }
  });
}
