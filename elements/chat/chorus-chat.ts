import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { ConnectOptions, SendEvent, Shown, Trouble } from "@chorus/sdk/client.ts";
import { loadTools, type ToolWords, type Words, defaultWords, loadWords } from "../words/words.ts";
import { createChatHeader, chatHeaderStyles } from "./chat-header.ts";
import type { BesidePicture } from "./beside-picture.ts";
import { chatStyles } from "./chat-styles.ts";
import { composerStyles, createComposer } from "./composer.ts";
import { createEmotes } from "./emotes.ts";
import { createGuestName } from "./guest-name.ts";
import type { ChatHost, Purpose } from "./host.ts";
import { createIgnoreList } from "./ignore-list.ts";
import { createLateParts } from "./late-parts.ts";
import { createLateText } from "./late-text.ts";
import { createLook } from "./look.ts";
import { createMessageList } from "./message-list.ts";
import { isOwn } from "./message-row.ts";
import { type Model, openModel, settleGaps } from "./model.ts";
import { createNoticeLine } from "./notice-line.ts";
import { createPaintSchedule, type PaintSchedule } from "./paint-schedule.ts";
import type { PictureClock } from "./picture-clock.ts";
import { pinned } from "./pins.ts";
import { type AnnounceMode, createPreferences, type Preferences } from "./preferences.ts";
import { createReactionsBar, reactionsBarStyles } from "./reactions-bar.ts";
import { rowStyles } from "./row-styles.ts";
import { statusBar } from "./status-bar.ts";
import { closedFor, type Remedy, type Situation, statusOf } from "./status.ts";
import { pageStorage } from "./storage.ts";

/**
 * A room's chat, anywhere: `<chorus-chat server="https://live.example" room="demo"></chorus-chat>`.
 *
 * Attributes: `server` (default: where the page is from), `room`, `name` (a guest's), `lang`, `theme` (`dark`, `light`; default:
 * as the system), `announce` (`off`, `mentions`, `digest`, `all`), `align` (`off`: nothing waits for the picture). Properties `token`: a
 * function that fetches a JSON Web Token; `clock`: of the picture beside the chat, whose moments its messages then wait for.
 * Event `chorus-settings`: what the person chose, for the page around it. Styled by properties `--chorus-…` and `::part`.
 */
export class ChorusChat extends LitElement implements ChatHost {
  static override styles = [chatStyles, rowStyles, chatHeaderStyles, composerStyles, reactionsBarStyles];
  static override properties = {
    server: {},
    room: {},
    name: {},
    lang: {},
    theme: {},
    announce: {},
    align: {},
    clock: { attribute: false },
    token: { attribute: false },
  };
  declare server: string | undefined;
  declare room: string | undefined;
  declare name: string | undefined;
  declare theme: string | undefined;
  declare announce: AnnounceMode | undefined;
  declare align: string | undefined;
  declare clock: PictureClock | null | undefined;
  declare token: (() => Promise<string | null> | string | null) | undefined;

  model: Model | null = null;
  words: Words = defaultWords();
  #tools: ToolWords | null = null;
  #schedule: PaintSchedule | null = null;
  #tokenOver = false;
  #clockAheadMs = 0;
  readonly #preferences = createPreferences(pageStorage(), () => ({
    theme: this.theme,
    announce: this.announce,
    align: this.align !== "off",
  }));
  readonly #look = createLook(this, () => this.#preferences.all());
  readonly #ignoreList = createIgnoreList(pageStorage(), () => this.#address());
  readonly #emotes = createEmotes(
    () => this.model?.room.settings ?? null,
    () => this.#look.renew(),
  );
  readonly #text = createLateText(this, this.#emotes, () => this.#look.renew());
  readonly #notice = createNoticeLine(this, () => this.#list.focus());
  readonly #list = createMessageList(this, () => this.#look.rows);
  readonly #composer = createComposer(this);
  readonly #guestName = createGuestName(
    this,
    () => this.token === undefined && this.name === undefined,
    (named) => {
      if (named) this.#enter();
      this.#composer.focus();
      this.repaint();
    },
  );
  readonly #late = createLateParts(this, {
    preferences: () => this.#preferences.all(),
    chosen: (next) => this.#choose(next),
    guest: () => this.#guestName.changeable,
    rename: (name) => this.#guestName.choose(name),
    seen: (message) => this.#heard(message),
  });
  readonly #header = createChatHeader(this, {
    paused: () => !this.#list.following,
    togglePause: () => (this.#list.following ? this.#list.pause() : this.#list.toEnd()),
    settingsOpen: () => this.#late.settings.isOpen,
    toggleSettings: () => void this.#late.settings.toggle(),
  });
  readonly #reactions = createReactionsBar({
    facts: () => ({
      emoji: this.model?.room.settings?.emoji ?? [],
      taps: this.model?.room.tally?.reactions ?? null,
      closed: this.#mayReact() ? null : this.words.reactions.closed,
    }),
    words: () => this.words.reactions,
    language: () => this.words.lang,
    onTap: (emoji) => {
      this.model?.room.react(emoji);
      void this.#late.bursts.load().then((bursts) => bursts?.tapped(emoji));
    },
    onChange: () => this.repaint(),
  });

  get tools(): ToolWords {
    if (this.#tools === null) throw new Error("These words are loaded with what needs them.");
    return this.#tools;
  }
  get staff(): boolean {
    const grants = this.model?.room.grants ?? [];
    return grants.includes("moderate") || grants.includes("host");
  }
  get closed(): string | null {
    return closedFor(this.model, this.#situation());
  }
  get ignored(): ReadonlySet<PersonId> {
    return this.#ignoreList.all();
  }
  get beside(): BesidePicture | null {
    return this.#late.beside();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addController(this.#reactions);
    this.#schedule = createPaintSchedule({
      paint: () => this.#paint(),
      layOut: () => this.#list.layOut(),
      painted: (ms) => this.#late.bursts.now?.strained(ms),
    });
    this.#list.hostConnected();
    window.addEventListener("online", this.#changed);
    window.addEventListener("offline", this.#changed);
    if (this.hasUpdated && this.model === null) this.#enter();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeController(this.#reactions);
    this.#schedule?.stop();
    this.#schedule = null;
    this.#list.hostDisconnected();
    this.#notice.stop();
    this.#leave();
    window.removeEventListener("online", this.#changed);
    window.removeEventListener("offline", this.#changed);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("lang") || !this.hasUpdated) void this.#speak();
    if (["server", "room", "token", "name"].some((name) => changed.has(name))) this.#enter();
    if (changed.has("theme")) this.#look.apply();
    if (this.model !== null) settleGaps(this.model, this.#list.older);
  }

  protected override updated(): void {
    this.#list.painted();
  }

  protected override render(): TemplateResult {
    const status = statusOf(this.model, this.#situation());
    const { focus } = this.#preferences.all();
    const { lang, dir } = this.words;
    return html`<div class="chat" lang=${lang} dir=${dir}>
      ${this.#header.render()}${statusBar(status, this.words, (remedy) => this.#mend(remedy))}
      ${focus ? null : pinned(this)}
      <div class="body">${this.#list.render()}${this.#notice.render()}${this.#late.bursts.render()}</div>
      ${this.#late.staffLog.render()}${this.#late.card.render()}${this.#late.settings.render()}
      <div class="desk" part="desk">
        ${focus ? null : this.#reactions.render()}${this.#guestName.render()} ${this.#composer.render()}
      </div>
      ${this.#late.announcer.render()}
    </div>`;
  }

  async loadTools(): Promise<void> {
    if (this.#tools !== null) return;
    this.#tools = await loadTools(this.#language());
    this.#look.renew();
  }

  explain({ reason, sentence }: Trouble): string {
    if (this.#tools === null) void this.loadTools().catch(() => {});
    const known: Readonly<Record<string, string>> = { ...this.#tools?.refusals, ...this.#tools?.failures };
    return known[reason] ?? sentence;
  }

  now(): number {
    return Date.now() + this.#clockAheadMs;
  }

  textOf(message: Pick<Shown, "text" | "mentions">, active: boolean): unknown {
    return this.#text.of(message, active);
  }

  repaint(): void {
    this.#schedule?.now();
  }

  say(sentence: string, undo?: () => void): void {
    this.#notice.say(sentence, undo);
  }

  write(purpose: Purpose, text?: string): void {
    this.#composer.become(purpose, text);
  }

  send(text: string, purpose: Purpose, mentions: readonly PersonId[]): void {
    const { model } = this;
    if (model === null) return;
    const { message } = purpose.to === "say" ? { message: null } : purpose;
    if (purpose.to === "edit" && message?.id != null) {
      void model.room.edit(message.id, text).done.then((outcome) => {
        if (!("sentence" in outcome)) return;
        this.say(this.explain(outcome));
        this.write({ to: "say" }, text);
      });
    } else {
      const reply = message?.id == null ? {} : { reply: message.id };
      model.room.say(text, { ...reply, ...this.beside?.at(), mentions: [...mentions] });
      this.#list.toEnd();
    }
    this.repaint();
  }

  moderate(act: Moderation, done: string, undo?: Moderation): void {
    const sent = this.model?.room.moderate(act);
    void sent?.done.then((outcome) => {
      if (outcome.status === "confirmed" || outcome.status === "held")
        this.say(done, undo && (() => this.moderate(undo, this.words.undone)));
      else if ("sentence" in outcome) this.say(this.explain(outcome));
    });
  }

  jumpTo(message: EntryId): void {
    this.#list.jumpTo(message);
  }

  openCard(person: PersonId): void {
    this.#late.card.open(person);
  }

  ignore(person: PersonId, yes: boolean): void {
    this.#ignoreList.set(person, yes);
    this.repaint();
  }

  async ask(path: string): Promise<Response> {
    const token = await this.token?.();
    const headers = typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
    return fetch(this.#address() + path, { headers });
  }

  #changed = (): void => this.#schedule?.soon();

  /** Lit's update, at once, so that its cost is measured. */
  #paint(): boolean {
    this.requestUpdate();
    this.performUpdate();
    return this.#list.isAll;
  }

  #enter(): void {
    this.#leave();
    if (!this.isConnected || this.room === undefined || this.room === "") return;
    const { token } = this;
    const name = this.name ?? this.#guestName.kept;
    const options = {
      url: this.#address(),
      ...(token === undefined ? {} : { token }),
      ...(name === null ? {} : { name }),
    };
    const model = this.#open(options, this.room);
    if (model === null) return;
    model.chorus.on("welcome", ({ time }) => {
      this.#clockAheadMs = time - Date.now();
      this.#tokenOver = false;
    });
    model.room.on("removed", ({ id }) => this.#late.announcer.now?.removed(id));
    model.room.on("message", (message) => this.beside?.heard(message) ?? this.#heard(message));
    model.room.on("pending", (sent) => this.#settled(sent));
    model.room.on("view", () => this.#list.replaced());
    model.room.on("tally", ({ reactions }) => {
      if (this.#late.bursts.now !== null) this.#late.bursts.now.told(reactions);
      else if (Object.keys(reactions).length > 0) void this.#late.bursts.load();
    });
    this.#tokenOver = false;
    this.model = model;
    this.#look.apply();
  }

  /** Null for what can be no room, or no server. */
  #open(options: ConnectOptions, room: string): Model | null {
    try {
      return openModel(options, room, {
        changed: this.#changed,
        trouble: (sentence) => this.say(sentence),
        tokenOver: () => {
          this.#tokenOver = true;
          this.#changed();
        },
      });
    } catch {
      return null;
    }
  }

  #leave(): void {
    this.model?.close();
    this.model = null;
    this.#late.card.open(null);
    this.#list.left();
  }

  #heard(message: Shown): void {
    const you = this.model?.you ?? null;
    const mentionsMe = you !== null && message.mentions.includes(you);
    this.#list.heard(message);
    this.#late.announcer.now?.heard(message, { mentionsMe, own: isOwn(this, message) });
  }

  /** Of what went well nobody needs to be told. */
  #settled({ what, outcome }: SendEvent): void {
    if (what !== "say" || outcome === null || outcome.status === "confirmed") return;
    const { sending } = this.words;
    if (outcome.status === "held") this.#composer.tell(sending.held);
    else if ("sentence" in outcome) this.#composer.tell(sending.refused(this.explain(outcome)));
  }

  #mend(remedy: Remedy): void {
    if (remedy === "reload") location.reload();
    /* The SDK listens to what browsers send when the network is back, and then waits no longer. */
    else if (remedy === "retry") window.dispatchEvent(new Event("online"));
    else this.#enter();
    this.#list.focus();
    this.repaint();
  }

  #address(): string {
    return (this.server || origin).replace(/\/+$/, "");
  }

  #situation(): Situation {
    return {
      words: this.words,
      online: navigator.onLine,
      tokenOver: this.#tokenOver,
      staff: this.staff,
      now: Date.now(),
    };
  }

  #mayReact(): boolean {
    const { model } = this;
    return model?.connection.state === "live" && model.room.grants.includes("react");
  }

  #choose(next: Preferences): void {
    this.#preferences.choose(next);
    this.#look.apply();
    this.dispatchEvent(new CustomEvent("chorus-settings", { detail: next, bubbles: true, composed: true }));
  }

  #language(): string {
    return this.lang || document.documentElement.lang || navigator.language;
  }

  async #speak(): Promise<void> {
    const lang = this.#language();
    const isOld = () => lang !== this.#language();
    try {
      const [words, tools] = await Promise.all([
        loadWords(lang),
        this.#tools === null ? null : loadTools(lang),
      ]);
      if (isOld()) return;
      this.words = words;
      if (tools !== null) this.#tools = tools;
    } catch {
      // The words that are there already have to do.
    }
    this.repaint();
  }
}

if (customElements.get("chorus-chat") === undefined) customElements.define("chorus-chat", ChorusChat);
