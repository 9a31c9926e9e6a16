import type { Bus } from "../../bus/bus.ts";
import type { Clock } from "../../clock.ts";
import { createRevocations, type Revocations } from "../../identity/revocations.ts";
import type { LogReader } from "../../log/log.ts";
import { type Pulse, type RevokedMessage, toGateways } from "../../messages.ts";

/** Whose tokens are void, for a process that is no gateway: read from the log, and again whenever a pulse tells of more. */
export function heardRevocations(
  bus: Bus,
  log: Pick<LogReader, "revocations">,
  clock: Clock,
): Revocations & { stop(): void } {
  const revocations = createRevocations(clock);
  let known = "";
  let reading = false;
  const stop = bus.subscribe(toGateways, ({ head }) => {
    const message = head as Pulse | RevokedMessage;
    if (message.m === "revocation") revocations.note(message.person, message.before);
    const latest = `${message.keeper} ${message.revision}`;
    if (latest !== known) read(latest);
  });
  read("");

  function read(latest: string): void {
    if (reading) return;
    reading = true;
    log.revocations((outcome) => {
      reading = false;
      if (!outcome.ok) return;
      known = latest;
      for (const { person, before } of outcome.value) revocations.note(person, before);
      revocations.told();
    });
  }

  return { ...revocations, stop };
}
