import { html, nothing, type TemplateResult } from "lit";
import { icon, type IconName } from "./icons.ts";
import type { PlayerHost, Scene } from "./player-host.ts";
import type { QualityMenu } from "./quality-menu.ts";
import type { Scrubber } from "./scrubber.ts";

export type ControlBarOptions = {
  readonly scrubber: Scrubber;
  readonly menu: QualityMenu;
  isFullScreen(): boolean;
};

/** Everything that can be done to the picture, in one row below its line of time. */
export function controlBar(host: PlayerHost, options: ControlBarOptions, scene: Scene): TemplateResult {
  const { words } = host;
  const { wanted } = scene.view;
  return html`<div class="bar" part="controls" role="group" aria-label=${words.controls}>
    ${options.scrubber.render(scene)}
    <div class="row">
      ${button("play-button", wanted ? words.pause : words.play, wanted ? "pause" : "play", () => host.obey({ do: "toggle" }))}
      ${loudness(host)} ${badge(host, scene)} ${place(host, scene)}
      <span class="rest"></span>
      ${options.menu.render()} ${pictureInPicture(host)} ${fullScreen(host, options.isFullScreen())}
    </div>
  </div>`;
}

function loudness(host: PlayerHost): TemplateResult {
  const { words, video } = host;
  const { muted, volume } = video;
  const silent = muted || volume === 0;
  return html`${button("mute-button", silent ? words.unmute : words.mute, silent ? "muted" : "sound", () => host.obey({ do: "mute" }))}
    <input
      class="volume"
      part="volume"
      type="range"
      min="0"
      max="1"
      step="0.05"
      dir="ltr"
      .value=${String(muted ? 0 : volume)}
      aria-label=${words.volume}
      aria-valuetext=${`${Math.round((muted ? 0 : volume) * 100)} %`}
      @input=${({ target }: Event) => target instanceof HTMLInputElement && host.setVolume(target.valueAsNumber)}
    />`;
}

/** What it says is true at any moment; pressed, it becomes LIVE. */
function badge(host: PlayerHost, { badge }: Scene): TemplateResult | typeof nothing {
  const { words } = host;
  if (badge === null) return nothing;
  const live = badge.t === "live";
  const text = live ? words.live : behindOf(host, badge.seconds);
  const label = live ? words.atLive : `${words.behind(badge.seconds)}. ${words.goLive}`;
  return html`<button
    type="button"
    class="badge"
    part="badge"
    data-live=${live}
    aria-label=${`${text}: ${label}`}
    title=${live ? words.atLive : words.goLive}
    @click=${() => host.obey({ do: "live" })}
  >
    <span class="dot"></span><bdi>${text}</bdi>
  </button>`;
}

const minuteSeconds = 60;

function behindOf({ words }: PlayerHost, seconds: number): string {
  return seconds < minuteSeconds ? words.behindShort(seconds) : words.behindMinutes(words.timecode(seconds));
}

/** Of a recording: where one is, and how long it is. */
function place({ words }: PlayerHost, { badge, span, wall }: Scene): TemplateResult | typeof nothing {
  if (span === null || wall === null || badge?.t === "live") return nothing;
  const [at, length] = [wall - span.from, span.to - span.from].map((ms) => words.timecode(ms / 1_000));
  return html`<span class="place" part="place" dir="ltr">${at} / ${length}</span>`;
}

function pictureInPicture(host: PlayerHost): TemplateResult | typeof nothing {
  if (!document.pictureInPictureEnabled) return nothing;
  const { words } = host;
  const away = document.pictureInPictureElement !== null;
  const label = away ? words.leavePictureInPicture : words.pictureInPicture;
  return button("picture-in-picture-button", label, "picture", () => host.togglePictureInPicture());
}

function fullScreen(host: PlayerHost, is: boolean): TemplateResult {
  const { words } = host;
  const label = is ? words.leaveFullScreen : words.fullScreen;
  return button("full-screen-button", label, is ? "small-screen" : "full-screen", () =>
    host.obey({ do: "full-screen" }),
  );
}

function button(part: string, label: string, drawing: IconName, press: () => void): TemplateResult {
  return html`<button type="button" part=${part} aria-label=${label} title=${label} @click=${press}>
    ${icon(drawing)}
  </button>`;
}
