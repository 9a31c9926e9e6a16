import type { Broadcast } from "./broadcast.ts";
import { type Better, createBetterWays } from "./better-ways.ts";
import { createBroadcastPoll, type PollNews, type PollTrouble } from "./broadcast-poll.ts";
import { createComfort } from "./comfort.ts";
import { createFalls } from "./falls.ts";
import { createMotionWatch, type Motion, type Patience, positionOf } from "./motion.ts";
import { type Opened, openPath, whatBrowserCan } from "./open-path.ts";
import { pathFor, urlOf } from "./paths.ts";
import type { Choice, Failure, PathName, Reading } from "./play.ts";
import { canRewind, type Reach, reachOf } from "./reach.ts";
import { createRetries } from "./retries.ts";
import { createServerTime } from "./server-time.ts";
import { type Sound, startWithSound } from "./sound.ts";
import type { SessionView } from "./session-view.ts";
import { createTelemetry, type TelemetryReport } from "./telemetry.ts";

export type Session = {
  view(): SessionView;
  reading(): Reading | null;
  /** Where one can go: Unix ms by the server's clock. Null while nothing is known. */
  span(): Reach | null;
  serverNow(): number;
  play(): void;
  pause(): void;
  goLive(): void;
  seek(wall: number): void;
  fromStart(): void;
  withSound(): void;
  prefer(choice: Choice): void;
  retry(): void;
  report(): TelemetryReport | null;
  stop(): void;
};

export type SessionOptions = {
  readonly video: HTMLVideoElement;
  readonly media: string;
  readonly room: string;
  token(): Promise<string | null>;
  changed(): void;
};

const lookEveryMs = 250;
const healthEveryMs = 500;
/** Where WebRTC does not come about, HLS has begun before anybody wonders; and before four seconds where it stops. */
const beforeSteady: Patience = { openMs: 1_500, lostMs: 2_000 };
/** Parts that do not come are noticed before what is whole is missed for long. */
const beforePlain: Patience = { openMs: 4_000, lostMs: 2_000 };
/** After so long in motion the next attempt is the first one again. */
const calmMs = 15_000;
/** Who pauses keeps a way that others could have for so long. */
const idleMs = 15_000;
/** Within so much of the live edge there is nothing to go back to. */
const edgeMs = 2_000;

/** One viewer's visit to one room's broadcast: asks for it, opens the best way, notices when it stops, tries again. */
export function createSession({ video, media, room, token, changed }: SessionOptions): Session {
  const ended = new AbortController();
  const telemetry = createTelemetry();
  const watch = createMotionWatch();
  const time = createServerTime();
  const falls = createFalls();
  const retries = createRetries();
  const comfort = createComfort();
  const better = createBetterWays({ broadcast: () => broadcast, serverNow: time.now, taken: climbed });
  const poll = createBroadcastPoll({ media, room, token, tell: heard });
  const looking = setInterval(look, lookEveryMs);
  let broadcast: Broadcast | null = null;
  let trouble: PollTrouble | null = null;
  let open: Opened | null = null;
  let choice: Choice = "auto";
  let wanted = false;
  let motion: Motion | "none" = "none";
  let movingSince = 0;
  let healthAt = 0;
  let sound: Sound = "on";
  let failure: { why: Failure; retryAt: number } | null = null;
  let at: number | null = null;
  let wentBack = false;
  let parts = false;
  let paused: { wall: number | null; since: number } | null = null;

  function heard(news: PollNews): void {
    if (news.t === "trouble") trouble = news.trouble;
    else {
      const began = broadcast?.state !== "live" && news.broadcast.state === "live";
      ({ broadcast } = news);
      trouble = null;
      time.heard(news.aheadMs, news.errorMs);
      const url = open === null ? null : urlOf(broadcast, open.path);
      if (url !== null) open?.renew(url);
      if (wanted && open === null && (began || failure === null || failure.why === "gone")) begin();
    }
    changed();
  }

  /** There is something to see, where the person wants to be. */
  function isOn(): boolean {
    return broadcast !== null && (broadcast.state === "live" || at !== null);
  }

  function begin(): void {
    if (ended.signal.aborted) return;
    close();
    failure = null;
    wentBack = false;
    if (broadcast === null || !wanted || !isOn()) return;
    const rewound = at !== null;
    const avoided = falls.avoided(Date.now());
    const path = pathFor({ broadcast, choice, rewound, able: whatBrowserCan(video), failing: avoided });
    if (path === null) return giveUp("unsupported");
    telemetry.wanted(performance.now());
    telemetry.opened(path);
    parts = (path === "hls" || path === "audio") && broadcast.lowLatency && !falls.plain;
    watch.begin(performance.now(), patienceOf(path));
    motion = "opening";
    comfort.begin();
    const opened = openPath({
      path,
      broadcast,
      parts,
      video,
      at,
      serverNow: time.now,
      attached: () => opened === open && void start(),
      failed: (why) => opened === open && failed(why),
      ended: () => opened === open && over(),
    });
    open = opened;
    /* What a person's press allows it allows only now, and not when the source has come. */
    void video.play().catch(() => {});
  }

  async function start(): Promise<void> {
    const of = open;
    const next = await startWithSound(video, sound);
    if (of !== open || next === null) return;
    sound = next;
    if (sound === "blocked") {
      wanted = false;
      close();
    }
    changed();
  }

  function close(): void {
    const closing = open;
    open = null;
    motion = "none";
    telemetry.idle(performance.now());
    closing?.stop();
  }

  function failed(why: Failure): void {
    const path = open?.path;
    if (at !== null) at = open?.reading()?.wall ?? at;
    close();
    const below = path !== undefined && fall(path);
    poll.ask();
    if (!isOn()) return changed();
    if (below) return begin();
    giveUp(why);
  }

  /** @returns whether there is a way below it, to be opened at once. */
  function fall(path: PathName): boolean {
    if (path === "whep") better.fell("whep");
    if (parts) better.fell("parts");
    if (parts) falls.withheld();
    else falls.failed(path, Date.now());
    return parts || (path === "whep" && canSteady());
  }

  function patienceOf(path: PathName): Patience | undefined {
    if (path === "whep" && canSteady()) return beforeSteady;
    return parts ? beforePlain : undefined;
  }

  /** For now: with a time at which it is tried again. */
  function giveUp(why: Failure): void {
    failure = { why, retryAt: Date.now() + retries.next() };
    changed();
  }

  function over(): void {
    if (broadcast?.state === "live" && at !== null) return goLive();
    close();
    at = null;
    wanted = broadcast?.state !== "ended";
    poll.ask();
    changed();
  }

  function look(): void {
    const now = performance.now();
    if (open === null) {
      if (wanted && failure !== null && Date.now() >= failure.retryAt) begin();
    } else if (wanted) lookAt(now);
    else if (open.path === "whep" && paused !== null && now - paused.since > idleMs) close();
    better.look(now, betterWays());
    if (wanted) changed();
  }

  function lookAt(now: number): void {
    const next = watch.look(now, positionOf(video));
    if (next === "moving" && motion !== "moving") movingSince = now;
    if (next === "moving") telemetry.moving(now);
    if (next === "stopped") telemetry.stopped(now);
    /* The broadcast itself may be why. */
    if (next === "stopped" && motion === "moving") poll.ask();
    motion = next;
    if (next === "lost") return failed("network");
    if (next === "moving" && now - movingSince > calmMs) retries.forget();
    if (now - healthAt < healthEveryMs) return;
    healthAt = now;
    const reading = open?.reading() ?? null;
    telemetry.drift(at !== null || wentBack || reading === null ? null : time.now() - reading.wall);
    const of = open;
    void of?.health().then((health) => {
      if (of !== open || open === null) return;
      const { fresh, verdict } = comfort.look(now, health);
      telemetry.froze(fresh);
      if (open.path !== "whep" || !canSteady()) return;
      if (verdict === "silent") failed("network");
      else if (verdict === "bad" && choice === "auto") leaveBad();
    });
  }

  /** What has more delay and no freezes is better to watch, where there is that. */
  function leaveBad(): void {
    falls.wasBad("whep", Date.now());
    better.fell("whep");
    begin();
  }

  function canSteady(): boolean {
    return broadcast !== null && urlOf(broadcast, "hls") !== null && whatBrowserCan(video).hls;
  }

  /** What is better than what plays, where that plays well. */
  function betterWays(): ReadonlySet<Better> {
    const may = new Set<Better>();
    if (open?.path !== "hls" || motion !== "moving" || at !== null || wentBack || !wanted) return may;
    const isWanted = choice === "auto" || choice === "low";
    if (isWanted && broadcast?.paths.whep != null && whatBrowserCan(video).whep) may.add("whep");
    if (falls.plain && broadcast?.lowLatency === true) may.add("parts");
    return may;
  }

  function climbed(to: Better): void {
    falls.mended(to);
    begin();
  }

  function play(): void {
    wanted = true;
    if (sound === "blocked") sound = "on";
    const from = paused;
    paused = null;
    if (open === null) {
      if (from?.wall != null && time.now() - from.wall > edgeMs && canRewind(broadcast)) at = from.wall;
      begin();
    } else if (from?.wall != null && isLeftBehind(from.wall)) seek(from.wall);
    else {
      watch.begin(performance.now());
      void start();
    }
    changed();
  }

  /** What stood on the screen when it was paused is no longer where this way could go on from it. */
  function isLeftBehind(wall: number): boolean {
    const span = open?.span() ?? null;
    const gone = span === null ? time.now() - wall > edgeMs : wall < span.from;
    return gone && canRewind(broadcast);
  }

  function pause(): void {
    wanted = false;
    paused = { wall: reading()?.wall ?? null, since: performance.now() };
    failure = null;
    telemetry.idle(performance.now());
    video.pause();
    changed();
  }

  function goLive(): void {
    if (broadcast?.state === "ended") return;
    const away = at !== null || open === null;
    wentBack = false;
    at = null;
    paused = null;
    wanted = true;
    if (away) begin();
    else {
      open?.toLive();
      void start();
    }
    changed();
  }

  function seek(wall: number): void {
    const bounds = span();
    if (bounds === null) return;
    if (wall >= bounds.to - edgeMs && broadcast?.state === "live") return goLive();
    const target = Math.max(wall, bounds.from);
    const within = open?.span() ?? null;
    if (within !== null && target >= within.from && target <= within.to) {
      open?.seek(target);
      wentBack = at === null;
      if (paused !== null) paused = { ...paused, wall: null };
    } else if (canRewind(broadcast)) {
      at = target;
      wanted = true;
      paused = null;
      begin();
    }
    watch.begin(performance.now());
    changed();
  }

  function reading(): Reading | null {
    const its = open?.reading() ?? null;
    if (its === null || open?.path !== "whep") return its;
    return { ...its, errorMs: its.errorMs + time.errorMs() };
  }

  function span(): Reach | null {
    return reachOf(broadcast, open?.span() ?? null, time.now());
  }

  /** The browser, a headset or the system's own buttons paused it. */
  function onPause(): void {
    if (wanted && open !== null && motion === "moving" && !video.ended && sound !== "blocked") pause();
  }

  const { signal } = ended;
  video.addEventListener("pause", onPause, { signal });
  window.addEventListener("online", retry, { signal });
  /* A page that went to the cache of pages comes back with connections that are gone. */
  window.addEventListener("pagehide", close, { signal });
  window.addEventListener("pageshow", ({ persisted }) => persisted && retry(), { signal });

  function retry(): void {
    retries.forget();
    falls.forget();
    poll.ask();
    if (wanted && open === null) begin();
    changed();
  }

  return {
    view: () => ({
      broadcast,
      trouble,
      path: open?.path ?? null,
      wanted,
      motion,
      sound,
      failure,
      rewound: at !== null || wentBack,
    }),
    reading,
    span,
    serverNow: time.now,
    play,
    pause,
    goLive,
    seek,
    fromStart() {
      at = Number.NEGATIVE_INFINITY;
      wanted = true;
      begin();
      changed();
    },
    withSound() {
      video.muted = false;
      sound = "on";
      if (open === null) return play();
      void start();
      changed();
    },
    prefer(next) {
      choice = next;
      falls.forget();
      if (at === null && wanted) begin();
      changed();
    },
    retry,
    report: () => telemetry.report(performance.now()),
    stop() {
      ended.abort();
      better.stop();
      clearInterval(looking);
      poll.stop();
      close();
    },
  };
}
