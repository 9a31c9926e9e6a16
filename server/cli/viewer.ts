import type { Frame } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { type Input, step } from "@chorus/sdk/machine.ts";
import { createMachine, type Effect, findRoom, type Machine, type Room } from "@chorus/sdk/state.ts";
import type { Connection } from "@chorus/sdk/transport.ts";
import { formatRequest } from "@chorus/sdk/wire.ts";
import type { FrameReader } from "./frame-reader.ts";
import { openSocket } from "./socket-transport.ts";
import type { ViewerCheck } from "./viewer-check.ts";

/** One viewer of a load: the SDK's machine with a socket, whose frames are checked on their way in. */
export type Viewer = {
  readonly check: ViewerCheck;
  readonly position: number;
  readonly isLive: boolean;
  /** Why this viewer will never be live; null while it may. */
  readonly refusal: string | null;
  readonly reconnects: number;
  /** From the loss of a connection until everything missed was there, or until now. */
  slowestReconnectMs(): number;
  close(): void;
};
export type ViewerOptions = {
  /** Of `/v1/connect`. */
  url: string;
  room: RoomId;
  session: string;
  token(): Promise<string>;
  read: FrameReader;
  check: ViewerCheck;
};

/** Nothing of this is shown to anybody; the ids make the machine drop doubles as in a page. */
const messagesMax = 50;
const idsMax = 1_000;

export function openViewer({ url, room: id, session, token, read, check }: ViewerOptions): Viewer {
  const machine = createMachine({
    session,
    hasToken: true,
    guest: null,
    name: null,
    kind: null,
    keeps: false,
    messagesMax,
    idsMax,
  });
  const alarm = createAlarm(() => feed({ i: "woken" }));
  let connection: Connection | null = null;
  let reconnects = 0;
  let lostAt: number | null = null;
  let slowestMs = 0;
  feed({ i: "entered", room: id, kept: null });
  feed({ i: "started" });

  function feed(input: Input): void {
    for (const effect of step(machine, input, Date.now(), Math.random())) perform(effect);
    watch();
    alarm.set(machine.link.state === "closed" ? Infinity : machine.wakeAt);
  }

  function watch(): void {
    const room = findRoom(machine, id);
    if (room === undefined || !check.begun) {
      if (room?.phase === "live") check.begin(room.pos);
      return;
    }
    if (lostAt === null && machine.link.state !== "live") {
      lostAt = performance.now();
      reconnects += 1;
    } else if (lostAt !== null && isLive(machine, room)) {
      slowestMs = Math.max(slowestMs, performance.now() - lostAt);
      lostAt = null;
    }
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case "open":
        connection = open(effect.socket);
        return;
      case "send":
        return connection?.send(formatRequest(effect.request));
      case "close":
        connection?.close(effect.code);
        connection = null;
        return;
      case "fetch-token":
        void token().then((token) => feed({ i: "token", token }));
        return;
      case "tell-room":
        if (effect.name === "message" && effect.value.seq !== null) check.shown(effect.value.seq);
        if (effect.name === "gap") check.gap();
        return;
      case "tell":
      case "keep":
    }
  }

  function open(socket: number): Connection {
    return openSocket(url, {
      opened: () => feed({ i: "opened", socket }),
      received(bytes) {
        const frame = socket === machine.link.socket ? read(bytes) : null;
        if (frame === null) return;
        inspect(frame);
        feed({ i: "received", socket, frame, size: bytes.length });
      },
      closed: (code, retryMs) => feed({ i: "closed", socket, code, retryMs }),
    });
  }

  /** Before the machine moves on: what is live is judged by where it stood. */
  function inspect(frame: Frame): void {
    const room = findRoom(machine, id);
    if (frame.t !== "entries" || room === undefined || frame.room !== id) return;
    check.received(frame, room.pos, room.phase === "live", Date.now());
  }

  return {
    check,
    get position() {
      return findRoom(machine, id)?.pos ?? -1;
    },
    get isLive() {
      const room = findRoom(machine, id);
      return room !== undefined && isLive(machine, room);
    },
    get refusal() {
      const room = findRoom(machine, id);
      return room?.phase === "refused" ? (room.reason ?? "refused") : null;
    },
    get reconnects() {
      return reconnects;
    },
    slowestReconnectMs: () => Math.max(slowestMs, lostAt === null ? 0 : performance.now() - lostAt),
    close: () => feed({ i: "ended" }),
  };
}

function isLive({ link }: Machine, room: Room): boolean {
  return link.state === "live" && room.phase === "live";
}

const timeoutMsMax = 2 ** 31 - 1;

/** The time to wake moves with every frame; a timer that is early costs less than moving it each time. */
function createAlarm(ring: () => void): { set(at: number): void } {
  let timer: NodeJS.Timeout | undefined;
  let timerAt = Infinity;
  return {
    set(at) {
      if (at >= timerAt && at !== Infinity) return;
      clearTimeout(timer);
      timerAt = at;
      if (at === Infinity) return;
      timer = setTimeout(
        () => {
          timerAt = Infinity;
          ring();
        },
        Math.min(Math.max(1, at - Date.now()), timeoutMsMax),
      );
    },
  };
}
