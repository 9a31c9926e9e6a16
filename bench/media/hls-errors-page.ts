import { default as Player, Events, type ErrorData } from "hls.js";
import type { Broadcast } from "@chorus/elements/player/broadcast.ts";
import { createBroadcastPoll } from "@chorus/elements/player/broadcast-poll.ts";
import { openHls } from "@chorus/elements/player/hls-play.ts";
import type { Play } from "@chorus/elements/player/play.ts";
import { urlOf } from "@chorus/elements/player/paths.ts";

/** Runs in a page that has nothing else: one picture, opened and given new addresses as `<chorus-player>` does it. */
export type Asked = {
  /** The media port. */
  readonly media: string;
  readonly room: string;
  readonly path: "hls" | "audio" | "rewind";
  /** Whether it is played in parts. */
  readonly parts: boolean;
  readonly token: string | null;
};

/** What became of it until now. Times are ms. */
export type Told = {
  /** How often each happened: `type.details`, and `.fatal` where nothing was played after it. */
  readonly errors: Readonly<Record<string, number>>;
  /** What the first of them said. */
  readonly said: readonly string[];
  /** Other addresses that it was given. */
  readonly renewals: number;
  /** From the moment that it was asked for to the first picture; null: none came. */
  readonly startMs: number | null;
  /** Since the first picture, until now or its end. */
  readonly sinceMs: number;
  readonly playedMs: number;
  /** Times that it stood still for want of data, and how long. */
  readonly stalls: number;
  readonly stalledMs: number;
  /** How old what is on the screen is; null where that is not known. */
  readonly behindMs: number | null;
  readonly ended: boolean;
  /** By how much a timer was late in all: the browser had no processor. */
  readonly lateMs: number;
};

const saidMax = 10;
const tickMs = 100;
const errors: Record<string, number> = {};
const said: string[] = [];
const addresses = new Set<string>();
let play: Play | null = null;

/** hls.js tells its errors to those who listen, and the player listens for those that matter to it. */
const { loadSource } = Player.prototype;
Player.prototype.loadSource = function loadWatched(this: Player, url: string): void {
  this.on(Events.ERROR, (_, data) => note(data));
  loadSource.call(this, url);
};

function note({ type, details, fatal, error, reason, url, response }: ErrorData): void {
  const name = `${type}.${details}${fatal ? ".fatal" : ""}`;
  errors[name] = (errors[name] ?? 0) + 1;
  if (said.length < saidMax)
    said.push(
      `${name} after ${Math.round(performance.now())} ms: ${reason ?? error.message} ${response?.code ?? ""} ${url ?? ""}`,
    );
}

/** Settles when it is opened, which is before it plays. */
function begin({ media, room, path, parts, token }: Asked): Promise<void> {
  const video = Object.assign(document.createElement("video"), { muted: true, autoplay: true });
  Object.assign(video.style, { width: "320px", height: "180px" });
  document.body.replaceChildren(video);
  watch(video);
  return new Promise((resolve) => {
    let url = "";
    const tell = (broadcast: Broadcast): void => {
      const first = url === "";
      url = urlOf(broadcast, path) ?? url;
      if (url !== "") addresses.add(url);
      if (!first || url === "") return;
      play = openHls({
        video,
        url,
        at: path === "rewind" ? broadcast.since : null,
        lowLatency: parts,
        newest: () => url,
        serverNow: () => Date.now(),
        failed: (failure) => said.push(`The player gave up (${failure}).`),
        ended: () => video.dispatchEvent(new Event("over")),
      });
      resolve();
    };
    createBroadcastPoll({
      media,
      room,
      token: () => Promise.resolve(token),
      tell: (news) => (news.t === "heard" ? tell(news.broadcast) : void said.push(news.trouble)),
    });
  });
}

function watch(video: HTMLVideoElement): void {
  const asked = performance.now();
  let first: number | null = null;
  let over: number | null = null;
  let stood: number | null = null;
  let stalls = 0;
  let stalledMs = 0;
  let lateMs = 0;
  let due = asked + tickMs;
  setInterval(() => {
    lateMs += Math.max(0, performance.now() - due);
    due = performance.now() + tickMs;
  }, tickMs);
  const moves = (): void => {
    first ??= performance.now();
    if (stood !== null) stalledMs += performance.now() - stood;
    stood = null;
  };
  video.addEventListener("playing", moves);
  video.addEventListener("timeupdate", () => (video.currentTime > 0 && !video.seeking ? moves() : undefined));
  video.addEventListener("over", () => (over ??= performance.now()));
  video.addEventListener("waiting", () => {
    if (first === null || over !== null || stood !== null) return;
    stalls += 1;
    stood = performance.now();
  });
  const told = (): Told => {
    const now = over ?? performance.now();
    const reading = play?.reading() ?? null;
    return {
      errors,
      said,
      renewals: Math.max(0, addresses.size - 1),
      startMs: first === null ? null : first - asked,
      sinceMs: first === null ? 0 : now - first,
      playedMs: playedMs(video),
      stalls,
      stalledMs: stalledMs + (stood === null ? 0 : Math.max(0, now - stood)),
      behindMs: reading === null ? null : Date.now() - reading.wall,
      ended: over !== null,
      lateMs,
    };
  };
  Object.assign(window, { told });
}

/** What was skipped does not count. */
function playedMs({ played }: HTMLVideoElement): number {
  let seconds = 0;
  for (let range = 0; range < played.length; range += 1) seconds += played.end(range) - played.start(range);
  return seconds * 1_000;
}

Object.assign(window, { begin });
