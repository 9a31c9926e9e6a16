import { type Broadcast, readBroadcast } from "./broadcast.ts";

/** Why nothing is known of a room's broadcast. */
export type PollTrouble = "forbidden" | "no-room" | "unreachable";

export type PollNews =
  | {
      readonly t: "heard";
      readonly broadcast: Broadcast;
      /** By how much the server's clock is ahead of this one, and how far that may be off. */
      readonly aheadMs: number;
      readonly errorMs: number;
    }
  | { readonly t: "trouble"; readonly trouble: PollTrouble };

export type BroadcastPoll = {
  /** At once, unless an answer is on its way: something happened that the broadcast may explain. */
  ask(): void;
  stop(): void;
};

export type PollOptions = {
  /** The media port, without a slash at its end. */
  readonly media: string;
  readonly room: string;
  token(): Promise<string | null>;
  tell(news: PollNews): void;
};

const idleMs = 5_000;
const failedMsMin = 1_000;
const failedMsMax = 15_000;
/** Addresses are asked for anew so long before they end, spread so that not all viewers ask at once. */
const earlyMs = 10_000;
const spreadMs = 10_000;
const answerWithinMs = 8_000;

/** Asks what a room's broadcast is, over and over: each 5 s while there is no picture, else before its addresses end. */
export function createBroadcastPoll({ media, room, token, tell }: PollOptions): BroadcastPoll {
  const ended = new AbortController();
  const url = `${media}/v1/rooms/${encodeURIComponent(room)}/broadcast`;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let failures = 0;

  async function ask(): Promise<void> {
    if (asking || ended.signal.aborted) return;
    asking = true;
    clearTimeout(timer);
    const news = await answer();
    asking = false;
    if (ended.signal.aborted) return;
    failures = news.t === "heard" ? 0 : failures + 1;
    tell(news);
    /* Who was told may have stopped it. */
    if (!ended.signal.aborted)
      timer = setTimeout(() => void ask(), askAgainMs(news, failures, Math.random()));
  }

  async function answer(): Promise<PollNews> {
    try {
      const given = await token();
      const headers = given === null ? {} : { authorization: `Bearer ${given}` };
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(answerWithinMs)]);
      const sentAt = Date.now();
      const response = await fetch(url, { headers, cache: "no-store", signal });
      const body: unknown = response.ok ? await response.json() : null;
      return newsOf(response.status, body, url, { sentAt, heardAt: Date.now() });
    } catch {
      return { t: "trouble", trouble: "unreachable" };
    }
  }

  void ask();
  return {
    ask: () => void ask(),
    stop() {
      ended.abort();
      clearTimeout(timer);
    },
  };
}

/** The server said the time somewhere between sending and hearing: in the middle, give or take the half. */
export function newsOf(
  status: number,
  body: unknown,
  url: string,
  { sentAt, heardAt }: { sentAt: number; heardAt: number },
): PollNews {
  if (status === 401 || status === 403) return { t: "trouble", trouble: "forbidden" };
  if (status === 404) return { t: "trouble", trouble: "no-room" };
  const broadcast = readBroadcast(body, url);
  if (broadcast === null) return { t: "trouble", trouble: "unreachable" };
  const aheadMs = broadcast.now - (sentAt + heardAt) / 2;
  return { t: "heard", broadcast, aheadMs, errorMs: (heardAt - sentAt) / 2 };
}

/**
 * @param failures one after the other, with this one.
 * @param chance from 0 to 1.
 */
export function askAgainMs(news: PollNews, failures: number, chance: number): number {
  if (news.t === "trouble") {
    const ms = news.trouble === "unreachable" ? failedMsMin * 2 ** Math.min(failures - 1, 10) : failedMsMax;
    return Math.min(ms, failedMsMax) * (0.75 + chance / 4);
  }
  const { state, now, expires } = news.broadcast;
  if (state !== "live") return idleMs;
  return Math.max(expires - now - earlyMs - chance * spreadMs, idleMs);
}
