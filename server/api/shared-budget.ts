import { type Bus, noBytes } from "../bus/bus.ts";
import { type Clock, every } from "../clock.ts";
import { type BudgetMessage, toBudgets } from "../messages.ts";
import type { AddressBudget } from "./address-budget.ts";

const shareEveryMs = 1_000;
/** Of whom one gateway was asked less in that time, the others need not hear. */
const toldFrom = 2;

/** An address has one budget at all gateways, exact to a second: each tells the others what it has granted. */
export function shareBudget(
  budget: AddressBudget,
  { id, bus, clock }: { id: string; bus: Bus; clock: Clock },
): () => void {
  const stops = [
    bus.subscribe(toBudgets, ({ head }) => {
      const { gateway, spent } = head as BudgetMessage;
      if (gateway !== id) for (const [address, cost] of spent) budget.charge(address, cost, clock.now());
    }),
    every(clock, shareEveryMs, () => {
      const head: BudgetMessage = { m: "budget", gateway: id, spent: budget.takeSpent(toldFrom) };
      if (head.spent.length > 0) bus.publish(toBudgets, { head, body: noBytes });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
