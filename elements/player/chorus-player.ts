import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { defaultPlayerWords, loadPlayerWords, type PlayerWords } from "../words/player-words.ts";
import { type Badge, badgeOf } from "./badge.ts";
import { barStyles } from "./bar-styles.ts";
import { controlBar } from "./control-bar.ts";
import { type Focus, type Order, orderOf } from "./keyboard.ts";
import { mediaPlaceOf } from "./media-place.ts";
import { overlayOf } from "./overlay.ts";
import type { Choice, PathName, Reading } from "./play.ts";
import type { PlayerHost, Scene } from "./player-host.ts";
import { playerStyles } from "./player-styles.ts";
import { createQualityMenu } from "./quality-menu.ts";
import { isFullScreen, togglePictureInPicture, toggleFullScreen } from "./screen.ts";
import { createScrubber } from "./scrubber.ts";
import { createSession, type Session } from "./session.ts";
import type { SessionView } from "./session-view.ts";
import { soundChip, stage } from "./stage.ts";
import { sendReports } from "./send-reports.ts";

/** When what is on the screen was made, by the server's clock; what a chat needs to show what was said at that moment. */
export type PlayerClock = {
  /** @returns null while there is no picture, or nobody knows when it was made. `errorMs`: how far it may be off. */
  (): Reading | null;
  now(): Reading | null;
  /** At the live edge and moving; false when somebody paused or went back. */
  readonly live: boolean;
};

/**
 * A room's picture, anywhere: `<chorus-player media="https://media.example" room="demo" autoplay controls></chorus-player>`.
 *
 * Attributes: `server` (default: where the page is from), `media` (address of the media port; default: as the server says), `room`, `token` (a JSON Web Token; as a
 * property also a function that fetches one), `autoplay`, `muted`, `controls`, `lang`. Events, all of which bubble:
 * `chorus-player-state` (detail: the `SessionView`), `chorus-player-path` (`{ path }`), `chorus-player-clock` (a `Reading` or null,
 * each second), `chorus-player-telemetry` (a `TelemetryReport`). Styled by `--chorus-player-…` and by `::part`.
 */
export class ChorusPlayer extends LitElement implements PlayerHost {
  static override styles = [playerStyles, barStyles];
  static override properties = {
    server: {},
    media: {},
    room: {},
    token: {},
    autoplay: { type: Boolean },
    muted: { type: Boolean },
    controls: { type: Boolean },
    lang: {},
  };
  declare server: string | undefined;
  declare media: string | undefined;
  declare room: string | undefined;
  declare token: string | (() => Promise<string | null> | string | null) | undefined;
  declare autoplay: boolean;
  declare muted: boolean;
  declare controls: boolean;

  readonly video = document.createElement("video");
  readonly clock: PlayerClock = clockOf(this);
  words: PlayerWords = defaultPlayerWords();
  choice: Choice = "auto";
  #session: Session | null = null;
  #left = new AbortController();
  #stirredAt = 0;
  #idle = false;
  #told = { state: "", path: null as PathName | null };
  readonly #scrubber = createScrubber(this);
  readonly #menu = createQualityMenu(this, () => this.renderRoot);

  /** How things stand; null outside of a page. */
  get view(): SessionView | null {
    return this.#session?.view() ?? null;
  }

  reading(): Reading | null {
    return this.#session?.reading() ?? null;
  }

  play(): void {
    this.#session?.play();
  }

  pause(): void {
    this.#session?.pause();
  }

  goLive(): void {
    this.#session?.goLive();
  }

  /** @param wall the moment to go to: Unix ms by the server's clock, as `clock()` says it. */
  seek(wall: number): void {
    this.#session?.seek(wall);
  }

  prefer(choice: Choice): void {
    this.choice = choice;
    this.#session?.prefer(choice);
    this.repaint();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#left = new AbortController();
    const { signal } = this.#left;
    this.video.playsInline = true;
    this.video.addEventListener("volumechange", () => this.repaint(), { signal });
    this.video.addEventListener("dblclick", () => this.obey({ do: "full-screen" }), { signal });
    this.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"])
      this.addEventListener(name, () => this.stirred(), { signal });
    this.addEventListener("pointerleave", () => (this.#stirredAt = 0), { signal });
    for (const name of ["fullscreenchange", "online", "offline"])
      window.addEventListener(name, () => this.repaint(), { signal, capture: true });
    const tick = setInterval(() => this.#tick(), tickMs);
    signal.addEventListener("abort", () => clearInterval(tick));
    if (this.hasUpdated) void this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#left.abort();
    this.#close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("lang") || !this.hasUpdated) void this.#speak();
    if (changed.has("muted")) this.video.muted = this.muted;
    if (["server", "media", "room"].some((name) => changed.has(name))) void this.#open();
    this.#idle = this.#isIdle();
  }

  protected override updated(): void {
    this.#scrubber.painted(this.renderRoot);
    this.renderRoot
      .querySelector<HTMLElement>(".volume")
      ?.style.setProperty("--filled", `${(this.video.muted ? 0 : this.video.volume) * 100}%`);
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const scene = this.#scene();
    const { view } = scene;
    const overlay = overlayOf(view, { online: navigator.onLine, now: Date.now() });
    const poster = view.motion === "moving" || view.path !== null ? null : (view.broadcast?.poster ?? null);
    const bar =
      this.controls && (view.path !== null || view.rewound || (view.wanted && view.failure !== null));
    return html`<div
      class="player"
      part="player"
      role="group"
      tabindex="0"
      lang=${words.lang}
      dir=${words.dir}
      aria-label=${words.player}
      ?data-idle=${this.#idle}
      ?data-empty=${this.video.readyState < 2}
      @click=${this.#onClick}
    >
      ${this.video}
      ${poster === null ? nothing : html`<img class="poster" part="poster" src=${poster} alt="" />`}
      ${stage(this, overlay, {
        start: () => this.play(),
        again: () => this.#session?.fromStart(),
        retry: () => this.#session?.retry(),
        withSound: () => this.#session?.withSound(),
      })}
      ${view.sound === "muted" && view.path !== null ? soundChip(this, () => this.#session?.withSound()) : nothing}
      ${bar ? controlBar(this, { scrubber: this.#scrubber, menu: this.#menu, isFullScreen: () => isFullScreen(this) }, scene) : nothing}
    </div>`;
  }

  repaint(): void {
    this.requestUpdate();
  }

  stirred(): void {
    this.#stirredAt = performance.now();
    if (this.#idle) this.repaint();
  }

  obey(order: Order): void {
    const session = this.#session;
    const { video } = this;
    switch (order.do) {
      case "toggle":
        return session?.view().wanted === true ? session.pause() : session?.play();
      case "mute":
        if (video.muted || video.volume === 0) return session?.withSound();
        video.muted = true;
        return;
      case "volume":
        return this.setVolume(video.volume + order.by);
      case "full-screen":
        return toggleFullScreen(this, video);
      case "live":
        return session?.goLive();
      case "start":
        return session?.seek(session.span()?.from ?? 0);
      case "seek": {
        const from = this.reading()?.wall ?? session?.serverNow() ?? 0;
        return session?.seek(from + order.seconds * 1_000);
      }
    }
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(Math.max(volume, 0), 1);
    if (this.video.muted && volume > 0) this.#session?.withSound();
    this.stirred();
  }

  togglePictureInPicture(): void {
    togglePictureInPicture(this.video);
  }

  #scene(): Scene {
    const session = this.#session;
    const view = session?.view() ?? nothingKnown;
    const reading = session?.reading() ?? null;
    const wall = reading?.wall ?? null;
    return { view, badge: this.#badge(view, reading), span: session?.span() ?? null, wall };
  }

  /** Of a recording that is complete nothing is behind. */
  #badge({ path, broadcast, motion, wanted }: SessionView, reading: Reading | null): Badge | null {
    if (path === null || broadcast?.state === "ended") return null;
    if (reading === null && (motion !== "moving" || !wanted)) return null;
    const now = this.#session?.serverNow() ?? 0;
    const behindMs = reading === null ? null : now - reading.wall;
    return badgeOf(path, behindMs, reading?.errorMs ?? 0, broadcast?.lowLatency === true);
  }

  async #open(): Promise<void> {
    this.#close();
    if (!this.isConnected || this.room === undefined || this.room === "") return;
    const { room, server, media: given } = this;
    const found = given || (await mediaPlaceOf(addressOf(server || origin)));
    const current = this.isConnected && room === this.room && server === this.server && given === this.media;
    if (!current || this.#session !== null) return;
    const media = addressOf(found ?? (server || origin));
    const session = createSession({
      video: this.video,
      media,
      room,
      token: async () => (typeof this.token === "function" ? await this.token() : this.token) ?? null,
      changed: () => this.#changed(),
    });
    this.#session = session;
    sendReports(`${media}/v1/rooms/${encodeURIComponent(room)}/telemetry`, this.#left.signal, () => {
      const report = this.#session === session ? session.report() : null;
      if (report !== null) this.#tell("chorus-player-telemetry", report);
      return report;
    });
    if (this.autoplay) session.play();
  }

  #close(): void {
    this.#session?.stop();
    this.#session = null;
  }

  #changed(): void {
    const { view } = this;
    if (view === null) return;
    const state = JSON.stringify({ ...view, broadcast: view.broadcast?.state ?? null });
    if (state !== this.#told.state) {
      this.#told.state = state;
      this.#tell("chorus-player-state", view);
    }
    if (view.path !== this.#told.path) {
      this.#told.path = view.path;
      this.#tell("chorus-player-path", { path: view.path });
    }
    this.repaint();
  }

  #tick(): void {
    if (this.#session === null) return;
    this.#tell("chorus-player-clock", this.reading());
    this.repaint();
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #isIdle(): boolean {
    const view = this.#session?.view();
    if (view?.motion !== "moving" || !view.wanted || this.#menu.isOpen) return false;
    const focused = this.renderRoot.querySelector(".bar :focus-visible, .chip:focus-visible") !== null;
    return !focused && performance.now() - this.#stirredAt > idleMs;
  }

  /** A mouse on the picture plays and pauses; a finger asks for the controls. */
  #onClick = (event: PointerEvent): void => {
    if (event.target !== this.video || event.pointerType === "touch") return;
    if (this.controls && this.#session?.view().path !== null && !this.#menu.close())
      this.obey({ do: "toggle" });
  };

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || !this.controls) return;
    const order = orderOf(event, focusOf(event.composedPath()[0]));
    if (order === null) return;
    event.preventDefault();
    this.obey(order);
  }

  async #speak(): Promise<void> {
    const lang = this.lang || document.documentElement.lang || navigator.language;
    try {
      this.words = await loadPlayerWords(lang);
    } catch {
      // The words that are there already have to do.
    }
    this.repaint();
  }
}

const tickMs = 1_000;
const idleMs = 3_000;

const nothingKnown: SessionView = {
  broadcast: null,
  trouble: null,
  path: null,
  wanted: false,
  motion: "none",
  sound: "on",
  failure: null,
  rewound: false,
};

function clockOf(player: ChorusPlayer): PlayerClock {
  const now = () => player.reading();
  const clock = Object.assign(() => now(), { now, live: false });
  return Object.defineProperty(clock, "live", {
    get: () => player.view?.motion === "moving" && !player.view.rewound,
  });
}

function addressOf(url: string): string {
  return url.replace(/\/+$/, "");
}

function focusOf(target: EventTarget | undefined): Focus {
  if (target instanceof HTMLButtonElement) return "button";
  return target instanceof HTMLInputElement && target.classList.contains("volume") ? "volume" : "elsewhere";
}

if (customElements.get("chorus-player") === undefined) customElements.define("chorus-player", ChorusPlayer);
