import { lastSaidAt, slowLeftMs } from "./composer-text.ts";
import type { ChatHost } from "./host.ts";
import type { Model } from "./model.ts";

/** How long slow mode keeps this person waiting. It asks for a painting once a second, only while it runs. */
export type SlowClock = { leftMs(): number };

export function createSlowClock(host: ChatHost): SlowClock {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known: { model: Model; saidAt: number | null } | null = null;
  host.addController({ hostDisconnected: stop });

  function leftMs(): number {
    const left = leftNow();
    if (left === 0) stop();
    else if (timer === undefined && host.isConnected) timer = setTimeout(passed, left % 1_000 || 1_000);
    return left;
  }

  function leftNow(): number {
    const { model } = host;
    const slowMs = slowMsIn(model);
    if (model === null || slowMs === 0 || host.staff) return 0;
    return slowLeftMs(slowMs, saidAt(model), host.now());
  }

  /** In a busy room a message leaves the list before its pause is over. What is only waiting may still be refused. */
  function saidAt(model: Model): number | null {
    if (known?.model !== model) known = { model, saidAt: null };
    const answered = model.room.messages.filter(({ status }) => status !== "pending");
    known.saidAt = later(known.saidAt, lastSaidAt(answered, model.you, 0));
    return later(known.saidAt, lastSaidAt(model.room.messages, model.you, host.now() - Date.now()));
  }

  function passed(): void {
    timer = undefined;
    host.repaint();
  }

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  return { leftMs };
}

/** The pause that the room wants, or the one that its server asks for while it is too hot. */
export function slowMsIn(model: Model | null): number {
  const { settings, tally } = model?.room ?? {};
  return Math.max(settings?.slowMs ?? 0, tally?.slowMs ?? 0);
}

function later(one: number | null, other: number | null): number | null {
  return one === null || (other !== null && other > one) ? other : one;
}
