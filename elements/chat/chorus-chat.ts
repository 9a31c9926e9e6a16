import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { createAnnouncer, type AnnounceMode } from "./announcer.ts";
import { burstCanvasStyles, createBurstCanvas } from "./burst-canvas.ts";
import { createTallyBursts } from "./burst-tally.ts";
import { chatStyles } from "./chat-styles.ts";
import { composerStyles, createComposer } from "./composer.ts";
import { createHistory, type History, type HistoryPage, pageEntries } from "./history.ts";
import type { ChatHost, Purpose } from "./host.ts";
import { createIgnoreList } from "./ignore-list.ts";
import { createLatePart } from "./late-part.ts";
import { createMessageList } from "./message-list.ts";
import { isOwn, type RowLook } from "./message-row.ts";
import { type Model, openModel, settleGaps } from "./model.ts";
import { nameColour, namePalette } from "./name-colour.ts";
import { createNameForm } from "./name-form.ts";
import { createPaintSchedule, type PaintSchedule } from "./paint-schedule.ts";
import { createReactionsBar, reactionsBarStyles } from "./reactions-bar.ts";
import { rowActionsStyles } from "./row-actions.ts";
import { closedFor, type Remedy, type Situation, statusOf } from "./status.ts";
import { pageStorage } from "./storage.ts";
import { defaultWords, loadWords, type Words } from "../words/words.ts";

const noticeMs = 8_000;
const nameKey = "chorus:name";

/**
 * A room's chat, anywhere: `<chorus-chat server="https://live.example" room="demo"></chorus-chat>`.
 *
 * Attributes: `server` (default: where the page is from), `room`, `name` (a guest's), `lang`, `theme` (`dark`, `light`; default:
 * as the system), `announce` (`off`, `mentions`, `digest`, `all`). Property `token`: a function that fetches a JSON Web Token.
 * Styled by the custom properties `--chorus-…` and by `::part`.
 */
export class ChorusChat extends LitElement implements ChatHost {
  static override styles = [
    chatStyles,
    composerStyles,
    reactionsBarStyles,
    burstCanvasStyles,
    rowActionsStyles,
  ];
  static override properties = {
    server: {},
    room: {},
    name: {},
    lang: {},
    theme: { reflect: true },
    announce: {},
    token: { attribute: false },
  };
  declare server: string | undefined;
  declare room: string | undefined;
  declare name: string | undefined;
  declare theme: string | undefined;
  declare announce: AnnounceMode | undefined;
  declare token: (() => Promise<string | null> | string | null) | undefined;

  model: Model | null = null;
  words: Words = defaultWords();
  #schedule: PaintSchedule | null = null;
  #notice: { sentence: string; undo: (() => void) | undefined } | null = null;
  #noticeTimer = 0;
  #tokenOver = false;
  #clockAheadMs = 0;
  #card: PersonId | null = null;
  #nameAsked = false;
  #palette: readonly string[] = namePalette("#ffffff");
  #announced = "";
  #history: History | null = null;
  readonly #bursts = createBurstCanvas(new URL("./chorus-bursts.js", import.meta.url).href);
  readonly #tallies = createTallyBursts();
  readonly #announcer = createAnnouncer(
    () => this.words,
    () => this.announce ?? "off",
  );
  readonly #ignoreList = createIgnoreList(pageStorage(), () => this.#address());
  readonly #list = createMessageList(
    this,
    () => this.#look(),
    () => this.#history,
  );
  readonly #composer = createComposer(this);
  readonly #staffLog = createLatePart(
    this,
    () => this.staff,
    async () => {
      const { createStaffLog, staffLogStyles } = await import("./staff-log.ts");
      return { part: createStaffLog(this), styles: [staffLogStyles].flat() };
    },
  );
  readonly #userCard = createLatePart(
    this,
    () => this.#card !== null,
    async () => {
      const { createUserCard, userCardStyles } = await import("./user-card.ts");
      const close = (): void => {
        this.#card = null;
        this.repaint();
      };
      return {
        part: createUserCard(this, { person: () => this.#card, close }),
        styles: [userCardStyles].flat(),
      };
    },
  );
  readonly #nameForm = createNameForm(this, {
    wanted: () => this.#asksForName(),
    given: () => this.model?.name ?? this.words.roles.guest,
    choose: (name) => this.#chooseName(name),
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
      this.#tallies.tapped(emoji, performance.now());
      this.#bursts.spawn([{ emoji, count: 1 }]);
    },
    onChange: () => this.repaint(),
  });

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

  override connectedCallback(): void {
    super.connectedCallback();
    this.addController(this.#bursts);
    this.addController(this.#reactions);
    this.#schedule = createPaintSchedule(
      () => this.#paint(),
      undefined,
      (ms) => this.#bursts.strained(ms),
    );
    this.#list.hostConnected();
    window.addEventListener("online", this.#changed);
    window.addEventListener("offline", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeController(this.#bursts);
    this.removeController(this.#reactions);
    this.#schedule?.stop();
    this.#schedule = null;
    this.#list.hostDisconnected();
    this.#leave();
    clearTimeout(this.#noticeTimer);
    window.removeEventListener("online", this.#changed);
    window.removeEventListener("offline", this.#changed);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("lang")) void this.#speak();
    if (["server", "room", "token"].some((name) => changed.has(name))) this.#enter();
    if (changed.has("theme")) queueMicrotask(() => this.#repalette());
    if (this.model !== null) settleGaps(this.model);
    this.#list.willPaint();
  }

  protected override updated(): void {
    this.#list.painted();
  }

  protected override render(): TemplateResult {
    this.dir = this.words.dir;
    return html`${this.#status()}${this.#pins()}${this.#list.render()}${this.#bursts.render()}
      ${this.#staffLog.render()}${this.#userCard.render()}
      <div class="desk" part="desk">
        ${this.#noticeLine()}${this.#reactions.render()}${this.#nameForm.render()}${this.#composer.render()}
      </div>
      <div class="unseen" role="status" aria-live="polite">${this.#announced}</div>`;
  }

  now(): number {
    return Date.now() + this.#clockAheadMs;
  }

  repaint(): void {
    this.#schedule?.now();
  }

  say(sentence: string, undo?: () => void): void {
    this.#notice = { sentence, undo };
    clearTimeout(this.#noticeTimer);
    this.#noticeTimer = window.setTimeout(() => {
      this.#notice = null;
      this.repaint();
    }, noticeMs);
    this.repaint();
  }

  write(purpose: Purpose, text?: string): void {
    this.#composer.become(purpose, text);
  }

  send(text: string, purpose: Purpose, mentions: readonly PersonId[]): void {
    const { model } = this;
    if (model === null) return;
    const { message } = purpose.to === "say" ? { message: null } : purpose;
    if (purpose.to === "edit" && message?.id != null) {
      void model.room.edit(message.id, text).done.then((outcome) => this.#tellFailure(outcome));
    } else {
      const reply = message?.id == null ? {} : { reply: message.id };
      model.room.say(text, { ...reply, mentions: [...mentions] });
      this.#list.toEnd();
    }
    this.repaint();
  }

  moderate(act: Moderation, done: string, undo?: Moderation): void {
    const sent = this.model?.room.moderate(act);
    void sent?.done.then((outcome) => {
      if (outcome.status === "confirmed" || outcome.status === "held")
        this.say(done, undo && (() => this.moderate(undo, this.words.moderation.undone)));
      else this.#tellFailure(outcome);
    });
  }

  jumpTo(message: EntryId): void {
    this.#list.jumpTo(message);
  }

  openCard(person: PersonId): void {
    this.#card = person;
    this.repaint();
  }

  ignore(person: PersonId, yes: boolean): void {
    this.#ignoreList.set(person, yes);
    this.repaint();
  }

  #tellFailure(outcome: { status: string; reason?: string; sentence?: string }): void {
    if (outcome.sentence === undefined) return;
    const known: Readonly<Record<string, string>> = { ...this.words.refusals, ...this.words.failures };
    this.say(known[outcome.reason ?? ""] ?? outcome.sentence);
  }

  #changed = (): void => this.#schedule?.soon();

  /** Lit's update, at once, so that its cost is measured. */
  #paint(): void {
    const announced = this.#announcer.take(performance.now());
    if (announced !== "") this.#announced = announced;
    this.requestUpdate();
    this.performUpdate();
  }

  #enter(): void {
    this.#leave();
    if (this.room === undefined || this.room === "") return;
    const { token, name } = this;
    const wish = name ?? pageStorage()?.getItem(nameKey) ?? undefined;
    const model = openModel(
      {
        url: this.#address(),
        ...(token === undefined ? {} : { token }),
        ...(wish === undefined ? {} : { name: wish }),
      },
      this.room,
      {
        changed: this.#changed,
        trouble: (sentence) => this.say(sentence),
        tokenOver: () => {
          this.#tokenOver = true;
          this.#changed();
        },
      },
    );
    model.chorus.on("welcome", ({ time }) => (this.#clockAheadMs = time - Date.now()));
    model.room.on("message", (message) => this.#heard(message));
    model.room.on("view", () => this.#list.replaced());
    model.room.on("tally", ({ reactions }) =>
      this.#bursts.spawn(this.#tallies.told(reactions, performance.now())),
    );
    const history = createHistory((before) => this.#page(model.room.id, before), this.#changed);
    model.room.on("removed", ({ id, removal }) => history.removed(id, removal));
    model.room.on("restored", (message) => history.restored(message));
    model.room.on("gap", ({ reason }) => reason === "epoch" && history.forget());
    this.#history = history;
    this.#tokenOver = false;
    this.model = model;
    queueMicrotask(() => this.#repalette());
  }

  async #page(room: string, before: number): Promise<HistoryPage | null> {
    const token = await this.token?.();
    const headers = typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
    const query = new URLSearchParams({ before: String(before), limit: String(pageEntries) });
    const answer = await fetch(`${this.#address()}/v1/rooms/${room}/history?${query}`, { headers });
    return answer.ok ? ((await answer.json()) as HistoryPage) : null;
  }

  #leave(): void {
    this.#history?.forget();
    this.#history = null;
    this.model?.close();
    this.model = null;
    this.#card = null;
  }

  #heard(message: Shown): void {
    const you = this.model?.you ?? null;
    const facts = {
      mentionsMe: you !== null && message.mentions.includes(you),
      own: isOwn(this, message),
    };
    this.#list.heard(message);
    this.#announcer.heard(message, facts);
  }

  #address(): string {
    return this.server === undefined || this.server === "" ? location.origin : this.server;
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

  #look(): RowLook {
    return { nameColourOf: (person) => nameColour(person, this.#palette), times: true };
  }

  /** The background may be the page's own choice. */
  #repalette(): void {
    try {
      this.#palette = namePalette(getComputedStyle(this).backgroundColor);
    } catch {
      this.#palette = namePalette("#ffffff");
    }
    this.repaint();
  }

  async #speak(): Promise<void> {
    this.words = await loadWords(this.lang || document.documentElement.lang || navigator.language);
    this.repaint();
  }

  #mayReact(): boolean {
    const { model } = this;
    return model?.connection.state === "live" && model.room.grants.includes("react");
  }

  #asksForName(): boolean {
    const { model, name, token } = this;
    if (model === null || token !== undefined || name !== undefined || this.#nameAsked) return false;
    return model.room.role === "guest" && model.name === null && this.closed === null;
  }

  #chooseName(name: string | null): void {
    this.#nameAsked = true;
    if (name !== null) {
      pageStorage()?.setItem(nameKey, name);
      this.#enter();
    }
    this.repaint();
  }

  #status(): TemplateResult | typeof nothing {
    const status = statusOf(this.model, this.#situation());
    if (status === null) return nothing;
    const { remedy } = status;
    return html`<div class="status" part="status" data-tone=${status.tone} role="status">
      <span>${status.text}</span>
      ${
        remedy === null
          ? nothing
          : html`<button type="button" @click=${() => this.#mend(remedy)}>
              ${this.words.remedy[remedy]}
            </button>`
      }
    </div>`;
  }

  #mend(remedy: Remedy): void {
    if (remedy === "reload") location.reload();
    /* The SDK listens to what browsers send when the network is back, and then waits no longer. */
    else if (remedy === "retry") window.dispatchEvent(new Event("online"));
    else this.#enter();
    this.repaint();
  }

  #pins(): TemplateResult | typeof nothing {
    const pins = this.model?.room.pins ?? [];
    if (pins.length === 0) return nothing;
    return html`<section class="pins" part="pins" aria-label=${this.words.pins.title}>
      <p class="pins-title">${this.words.pins.title}</p>
      ${pins.map(
        ({ name, text }) => html`<p><bdi class="name">${name}</bdi> <span dir="auto">${text}</span></p>`,
      )}
    </section>`;
  }

  #noticeLine(): TemplateResult | typeof nothing {
    const notice = this.#notice;
    if (notice === null) return nothing;
    return html`<div class="notice" part="notice" role="status">
      <span>${notice.sentence}</span>
      ${
        notice.undo === undefined
          ? nothing
          : html`<button type="button" @click=${notice.undo}>${this.words.moderation.undo}</button>`
      }
    </div>`;
  }
}

if (customElements.get("chorus-chat") === undefined) customElements.define("chorus-chat", ChorusChat);
