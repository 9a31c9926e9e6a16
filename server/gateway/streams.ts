import type { ServerResponse } from "node:http";
import { roomId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { receiveText } from "./greeting.ts";
import { closeSession, endSession, openSession } from "./sessions.ts";
import type { Gateway } from "./state.ts";
import { type Begins, StreamConnection } from "./stream.ts";
import type { StreamEvent } from "./stream-event.ts";

export type StreamOpening = {
  readonly address: string;
  /** What a WebSocket would begin with: a hello and joins. */
  readonly frames: readonly string[];
  readonly begins: Begins;
  /** How long a poll, which begins at its end, waits for news. */
  readonly waitMs: number;
};

/**
 * A session that is read from the answer to an HTTP request. Its client reports nothing, so it ends by itself after a
 * bounded number of bytes and time: coming back with a position is the report. A poll ends soon after the first news.
 */
export function openStream(gateway: Gateway, response: ServerResponse, opening: StreamOpening): void {
  const { clock } = gateway;
  const { address, frames, begins, waitMs } = opening;
  const isPoll = begins === "end";
  const now = clock.now();
  const isNews = newsIn(gateway);
  let endsAt: Time = time(Infinity);
  let cancel: (() => void) | null = null;

  const connection = new StreamConnection(response, {
    address,
    begins,
    epochOf: (room) => gateway.feeds.get(roomId(room))?.ring?.epoch,
    sent(event, bytes) {
      if (isPoll && isNews(event)) endAt(time(Math.max(clock.now(), now + limits.pollGatherMs)));
      else if (!isPoll && bytes > limits.streamBytesMax) endAt(clock.now());
    },
  });
  const session = openSession(gateway, connection);
  if (session === null) return;
  response.on("close", () => {
    cancel?.();
    closeSession(gateway, session);
  });
  /* By chance, so that those who came together do not come back together. */
  const forMs = isPoll
    ? Math.max(waitMs, limits.pollGatherMs)
    : Math.ceil(limits.streamMs * (0.5 + Math.random() / 2));
  endAt(time(now + forMs));
  for (const text of frames) receiveText(gateway, session, text);

  /** Never within a write to many. */
  function endAt(at: Time): void {
    if (session === null || at >= endsAt) return;
    cancel?.();
    endsAt = at;
    cancel = clock.after(at - clock.now(), () =>
      endSession(
        gateway,
        session,
        "streamOver",
        "This stream has had its share. Come again from where you are.",
      ),
    );
  }
}

const never = new Set(["welcome", "resume", "joined", "tally", "beat"]);
/** Told anew at every join, whether or not it has changed. */
const withJoined = new Set(["person", "status", "tier"]);

/** What a poll is answered with at once; the rest comes with it. */
function newsIn({ clock }: Gateway): (event: StreamEvent) => boolean {
  let isJoining = false;
  return ({ kind }) => {
    if (kind === "joined" && !isJoining) {
      isJoining = true;
      clock.soon(() => (isJoining = false));
    }
    return !never.has(kind) && !(isJoining && withJoined.has(kind));
  };
}
