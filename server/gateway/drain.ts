import { limits } from "@chorus/protocol/limits.ts";
import { every } from "../clock.ts";
import { endSession } from "./sessions.ts";
import type { Gateway, Session } from "./state.ts";
import { frameOf } from "./wire.ts";

/** So many at most are sent away in a second, where that is done within `limits.drainWithinMs`. */
const perSecond = 500;
const lookEveryMs = 100;
/** Who was told when to go, and has not gone by then, is ended. */
const lateMs = 500;

/**
 * Sends the clients of a gateway that ends to its siblings, one after the other: each is told when, and served until then. All at
 * once would be a storm there. Ends when the last one is gone; nobody must be able to connect any more.
 */
export function drain(gateway: Gateway): Promise<void> {
  const { clock } = gateway;
  const begun = clock.now();
  const leaving = [...gateway.sessions.values()];
  const withinMs = Math.min(limits.drainWithinMs, (leaving.length * 1_000) / perSecond);
  const afterMs = (nth: number) => Math.ceil((nth * withinMs) / leaving.length);
  for (const [nth, session] of leaving.entries())
    if (session.phase === "open") session.connection.send(frameOf({ t: "drain", afterMs: afterMs(nth) }));
  let next = 0;
  return new Promise((resolve) => {
    const stop = every(clock, lookEveryMs, () => {
      const passed = clock.now() - begun;
      for (; next < leaving.length && afterMs(next) + lateMs <= passed; next++) sendAway(leaving[next]);
      if (next < leaving.length && gateway.sessions.size > 0) return;
      stop();
      resolve();
    });
  });

  function sendAway(session: Session | undefined): void {
    if (session !== undefined) endSession(gateway, session, "drained", "This server restarts.");
  }
}
