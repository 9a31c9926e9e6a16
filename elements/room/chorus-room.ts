import { css, html, LitElement, type TemplateResult } from "lit";
import "../chat/chorus-chat.ts";
import "../player/chorus-player.ts";
import type { ChorusChat } from "../chat/chorus-chat.ts";
import type { ChorusPlayer } from "../player/chorus-player.ts";

/**
 * A room's picture and its chat beside it, or on a phone below it:
 * `<chorus-room room="demo" media="https://media.example"></chorus-room>`.
 *
 * Attributes: `server` (default: where the page is from), `media` (default: as the server says), `room`, `name`, `lang`, `theme`, `muted`. Property `token`: a
 * function that fetches a JSON Web Token, for both. The chat is given the clock of the player. Both are parts, `player` and
 * `chat`, and have the events and custom properties that they have alone.
 */
export class ChorusRoom extends LitElement {
  static override styles = css`
    :host {
      container-type: size;
      display: block;
      block-size: 100%;
      min-block-size: 30rem;
      overflow: hidden;
    }
    :host([hidden]) {
      display: none;
    }
    .room {
      display: grid;
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
      block-size: 100%;
    }
    chorus-player {
      max-block-size: 45cqb;
      inline-size: 100%;
    }
    chorus-chat {
      min-block-size: 0;
    }
    @container (inline-size >= 48rem) {
      .room {
        grid-template: minmax(0, 1fr) / minmax(0, 1fr) min(24rem, 40cqi);
      }
      chorus-player {
        aspect-ratio: auto;
        max-block-size: none;
        block-size: 100%;
      }
    }
  `;
  static override properties = {
    server: {},
    media: {},
    room: {},
    name: {},
    lang: {},
    theme: {},
    muted: { type: Boolean },
    token: { attribute: false },
  };
  declare server: string | undefined;
  declare media: string | undefined;
  declare room: string | undefined;
  declare name: string | undefined;
  declare theme: string | undefined;
  declare muted: boolean;
  declare token: (() => Promise<string | null> | string | null) | undefined;

  get player(): ChorusPlayer | null {
    return this.renderRoot.querySelector("chorus-player");
  }

  get chat(): ChorusChat | null {
    return this.renderRoot.querySelector("chorus-chat");
  }

  protected override firstUpdated(): void {
    const { chat } = this;
    if (chat !== null) chat.clock = this.player?.clock ?? null;
  }

  protected override render(): TemplateResult {
    const { server, media, room, name, lang, theme, token, muted } = this;
    return html`<div class="room">
      <chorus-player
        part="player"
        autoplay
        controls
        .server=${server}
        .media=${media}
        .room=${room}
        .token=${token}
        .lang=${lang}
        .muted=${muted}
      ></chorus-player>
      <chorus-chat
        part="chat"
        .server=${server}
        .room=${room}
        .name=${name}
        .lang=${lang}
        .theme=${theme}
        .token=${token}
      ></chorus-chat>
    </div>`;
  }
}

if (customElements.get("chorus-room") === undefined) customElements.define("chorus-room", ChorusRoom);
