import { type KeyValueStorage, store, watchPage } from "./browser.ts";
import { type Input, step } from "./machine.ts";
import type { Effect, Machine, TellAll, TellRoom } from "./state.ts";
import type { Connection, Transport } from "./transport.ts";
import { formatRequest, parseFrame } from "./wire.ts";

/** A machine in the world: it hears of the network, the clock and the page, and its orders are carried out. */
export type Driver = { feed(input: Input): void };

export type World = {
  url: string;
  transport: Transport;
  token: () => Promise<string | null> | string | null;
  storage: KeyValueStorage | null;
  /** Before every key in the storage. */
  prefix: string;
  tell(effect: TellRoom | TellAll): void;
};

const timeoutMsMax = 2 ** 31 - 1;

export function drive(machine: Machine, world: World): Driver {
  const now = monotonic();
  const orders: Effect[] = [];
  let performing = false;
  let connection: Connection | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt = Infinity;
  const unwatch = watchPage((i) => feed({ i }));
  return { feed };

  /** A listener may give the next input in the middle of the orders of the last: they are carried out after those. */
  function feed(input: Input): void {
    for (const effect of step(machine, input, now(), Math.random())) orders.push(effect);
    if (performing) return;
    performing = true;
    try {
      for (let effect = orders.shift(); effect !== undefined; effect = orders.shift()) perform(effect);
    } finally {
      performing = false;
    }
    if (machine.link.state === "closed") return stop();
    arm();
  }

  function stop(): void {
    clearTimeout(timer);
    unwatch();
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case "tell-room":
      case "tell":
        return world.tell(effect);
      case "send":
        return connection?.send(formatRequest(effect.request));
      case "open":
        connection = open(effect.socket);
        return;
      case "close":
        connection?.close(effect.code);
        connection = null;
        return;
      case "fetch-token":
        return fetchToken();
      case "keep":
        if (world.storage !== null) store(world.storage, world.prefix + effect.key, effect.value);
    }
  }

  function open(socket: number): Connection {
    return world.transport.open(world.url, {
      opened: () => feed({ i: "opened", socket }),
      received: (text) => {
        const frame = parseFrame(text);
        if (frame !== null) feed({ i: "received", socket, frame, size: text.length });
      },
      closed: (code, retryMs) => feed({ i: "closed", socket, code, retryMs }),
    });
  }

  function fetchToken(): void {
    Promise.resolve()
      .then(world.token)
      .then(checkedToken)
      .then(
        (token) => feed({ i: "token", token }),
        (cause: unknown) => feed({ i: "no-token", cause }),
      );
  }

  /** The time to wake moves with every frame. A timer that is early costs one idle step, moving it costs more. */
  function arm(): void {
    if (machine.wakeAt >= timerAt) return;
    clearTimeout(timer);
    timerAt = machine.wakeAt;
    timer = setTimeout(wake, Math.min(Math.max(1, Math.ceil(timerAt - now())), timeoutMsMax));
  }

  function wake(): void {
    timerAt = Infinity;
    feed({ i: "woken" });
  }
}

/** What comes from an application may be anything. An empty text is no guest's, but a mistake. */
function checkedToken(token: string | null): string | null {
  if (token === null || (typeof token === "string" && token !== "")) return token;
  const what = token === "" ? "an empty string" : typeof token;
  throw new TypeError(`token() must give a JWT or null, not ${what}`);
}

/** The wall clock, which counts the hours that a machine sleeps, without the steps back that it makes when it is set. */
function monotonic(): () => number {
  let offset = 0;
  let last = 0;
  return () => {
    const wall = Date.now();
    if (wall + offset < last) offset = last - wall;
    last = wall + offset;
    return last;
  };
}
