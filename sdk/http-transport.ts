import type { Frame } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Request } from "@chorus/protocol/requests.ts";
import * as codes from "./codes.ts";
import { readEvents } from "./event-reader.ts";
import { abnormal, type Refusal, refusalOf } from "./http-refusal.ts";
import { createOutbox } from "./outbox.ts";
import { pollRoom, type PollingWorld } from "./polling.ts";
import { ask, createReopening, openingOf, passOn, placeOf } from "./reopening.ts";
import type { Connection, Transport, TransportEvents } from "./transport.ts";
import { probeBounds, type ProbeBounds, probeFor } from "./websocket-probe.ts";
import { parseFrame } from "./wire.ts";

export type HttpBounds = {
  /** A stream that has delivered nothing by then is being gathered on the way; from then on the client polls. */
  gatheredMs: number;
  probe: ProbeBounds;
};

/** For where no WebSocket comes about: streams read over `fetch`, or polls, and commands by POST. */
export const httpTransport: Transport = createHttpTransport();

export function createHttpTransport(
  bounds: HttpBounds = { gatheredMs: 3_000, probe: probeBounds },
): Transport {
  return { open: (url, events) => open(url, events, bounds) };
}

const pollSeconds = 25;
/** A stream has had its share, and the next one goes on where it was. */
const streamOver = 4003;

function open(url: string, events: TransportEvents, bounds: HttpBounds): Connection {
  const base = url.replace(/^ws/, "http").replace(/\/connect$/, "");
  const state = createReopening();
  let asking = new AbortController();
  const over = new AbortController();
  let road: "unknown" | "flows" | "gathers" = "unknown";
  const polled = new Map<RoomId, AbortController>();
  const outbox = createOutbox({
    url: `${base}/commands`,
    over: over.signal,
    token: () => state.resume,
    answered: (frame) => events.received(frame),
    refused: ({ code }) => end(code === abnormal ? tokenExpired : code, null),
  });
  const stopProbing = probeFor(
    url,
    () => JSON.stringify(openingOf(state)[0]),
    () => end(codes.drained, null),
    bounds.probe,
  );
  queueMicrotask(() => {
    if (!over.signal.aborted) events.opened();
    void follow();
  });
  return { send, close: stop };

  function send(text: string): void {
    const request = JSON.parse(text) as Request;
    switch (request.t) {
      case "hello":
      case "join":
      case "leave":
        ask(state, request);
        if (request.t !== "hello") stopPolling(request.room);
        if (request.t === "join") asking.abort();
        return;
      case "say":
      case "edit":
      case "retract":
      case "moderate":
      case "react":
        return outbox.add(text);
      /* What was seen is told by where the next stream begins; nothing gets lost within one; and it ends with its token. */
      case "seen":
      case "fill":
      case "token":
    }
  }

  /** One request after the other, each from where the last one was. */
  async function follow(): Promise<void> {
    while (!over.signal.aborted) {
      asking = new AbortController();
      const { signal } = asking;
      if (polled.size > 0 && polled.size === state.joins.size) {
        await once(signal);
        continue;
      }
      const { code, retryMs } = await read(asking);
      if (!signal.aborted && code !== streamOver) return end(code, retryMs);
    }
  }

  async function read(one: AbortController): Promise<Omit<Refusal, "status">> {
    let code = abnormal;
    const giveUp = setTimeout(() => {
      if (road !== "unknown") return;
      road = "gathers";
      one.abort();
    }, bounds.gatheredMs);
    const wait = road === "gathers" ? `?wait=${state.resume === null ? 0 : pollSeconds}` : "";
    try {
      const response = await fetch(`${base}/stream${wait}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(openingOf(state, polled)),
        cache: "no-store",
        signal: one.signal,
      });
      if (!response.ok || response.body === null) return await refusalOf(response);
      await readEvents(response.body, (event, data) => {
        if (road === "unknown") road = "flows";
        if (one.signal.aborted) return;
        if (event === "close") ({ code } = JSON.parse(data) as { code: number });
        else receive(data);
      });
    } catch {
      // The way is broken, or this request was called off.
    } finally {
      clearTimeout(giveUp);
    }
    return { code, retryMs: null };
  }

  function receive(data: string): void {
    const frame = parseFrame(data);
    if (frame === null) return;
    hear(frame, data);
    if (frame.t === "tier" && frame.tier === "segments" && frame.heat === undefined) pollSoon(frame.room);
  }

  function hear(frame: Frame, data?: string): void {
    const passed = passOn(state, frame);
    if (passed !== null)
      events.received(passed === frame && data !== undefined ? data : JSON.stringify(passed));
  }

  /** What the stream has to say first, it says in the meantime. Staff, who hear of the heat, are never asked to poll. */
  function pollSoon(room: RoomId): void {
    if (polled.has(room)) return;
    const stop = new AbortController();
    setTimeout(
      () => {
        if (stop.signal.aborted || over.signal.aborted || !state.joins.has(room)) return;
        polled.set(room, stop);
        stopProbing();
        asking.abort();
        void pollRoom(worldOf(room, AbortSignal.any([stop.signal, over.signal])));
      },
      pollAfterMs * (1 + 2 * Math.random()),
    );
  }

  function worldOf(room: RoomId, signal: AbortSignal): PollingWorld {
    return {
      base,
      room,
      token: () => state.resume,
      place: () => placeOf(state, room),
      hear: (frame) => {
        if (!signal.aborted) hear(frame);
      },
      lost() {
        stopPolling(room);
        asking.abort();
      },
      welcome: () => end(codes.drained, null),
      over: signal,
    };
  }

  function stopPolling(room: RoomId): void {
    polled.get(room)?.abort();
    polled.delete(room);
  }

  function end(code: number, retryMs: number | null): void {
    if (over.signal.aborted) return;
    stop();
    events.closed(code, retryMs);
  }

  function stop(): void {
    over.abort();
    asking.abort();
    stopProbing();
  }
}

const tokenExpired = 4200;
const pollAfterMs = 1_000;

function once(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
