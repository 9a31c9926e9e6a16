import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Mistake } from "./composer-commands.ts";
import type { Suggestion } from "./composer-suggested.ts";
import { createSlowClock } from "./composer-slow.ts";
import { type Hindrance, hindranceTo, lengthStep } from "./composer-state.ts";
import { lengthOf, secondsLeft } from "./composer-text.ts";
import {
  counterOf,
  hintIn,
  type Note,
  noteLine,
  openerView,
  placeholderIn,
  purposeBanner,
} from "./composer-view.ts";
import { createWriting } from "./composer-writing.ts";
import { createDraftKeeper } from "./draft-keeper.ts";
import { createDrafts } from "./drafts.ts";
import type { ChatHost, Part, Purpose } from "./host.ts";
import { createLateTool } from "./late-part.ts";
import { createLatePicker } from "./late-picker.ts";
import { mentionsIn } from "./mentions.ts";
import { pageStorage } from "./storage.ts";

export { composerStyles } from "./composer-styles.ts";

export type Composer = Part & {
  /**
   * Takes up a purpose and the focus. What was written and not sent is kept: it goes along, or is a draft of the purpose
   * that is left.
   * @param text is put behind what is written; it replaces the text of an edit.
   */
  become(purpose: Purpose, text?: string): void;
  focus(): void;
  /** Reads out what became of what was sent. */
  tell(sentence: string): void;
};

/** Where one writes. While one types it asks no layout, and for a painting only when something beside the text differs. */
export function createComposer(host: ChatHost): Composer {
  const drafts = createDraftKeeper(createDrafts(pageStorage(), () => Date.now()));
  const writing = createWriting(host, drafts);
  const slow = createSlowClock(host);
  const aids = createLateTool(host, async () => {
    const { composerAidsStyles, createComposerAids } = await import("./composer-aids.ts");
    return { part: createComposerAids(host, taken), styles: composerAidsStyles };
  });
  const picker = createLatePicker(host, {
    picked(emoji, stays) {
      insert(emoji);
      if (!stays) focus();
    },
    dismissed: () => host.renderRoot.querySelector<HTMLElement>(".picker-opener")?.focus(),
  });
  const growsItself = CSS.supports("field-sizing", "content");
  let mistake: Mistake | null = null;
  let helps = false;
  /** Whether one tried to send while slow mode lasts. */
  let hurried = false;
  /** What is read out. */
  let told = "";
  let step = 0;
  let painted = "";
  let wantsFocus = false;
  let due: ReturnType<typeof setTimeout> | undefined;
  let wantsHelp = false;
  host.addController({
    hostConnected: () => window.addEventListener("pagehide", drafts.flush),
    hostDisconnected() {
      window.removeEventListener("pagehide", drafts.flush);
      drafts.flush();
    },
    hostUpdated() {
      if (wantsFocus) focus();
      if (wantsHelp) host.renderRoot.querySelector<HTMLElement>(".composer-help")?.focus();
      wantsHelp = false;
    },
  });

  function taken(next: { text: string; caret: number }, chosen: Suggestion): void {
    if (chosen.is === "person") writing.chose(chosen.person);
    writing.write(next.text);
    show(next.caret);
  }

  function become(next: Purpose, given?: string): void {
    if (!writing.become(next, given)) return;
    show();
    focus();
    host.repaint();
  }

  function cancel(): void {
    writing.cancel();
    show();
    focus();
    host.repaint();
  }

  function focus(): void {
    const field = fieldIn(host);
    wantsFocus = field === null;
    field?.focus();
  }

  /** A text that was not typed. */
  function show(caret = writing.text.length): void {
    const field = fieldIn(host);
    if (field !== null) {
      field.value = writing.text;
      field.setSelectionRange(caret, caret);
    }
    heed();
  }

  function insert(piece: string): void {
    if (host.closed !== null) return;
    const field = fieldIn(host);
    const { text } = writing;
    const start = field?.selectionStart ?? text.length;
    writing.write(text.slice(0, start) + piece + text.slice(field?.selectionEnd ?? start));
    show(start + piece.length);
  }

  /** After each change of the text, whoever made it. */
  function heed(): void {
    const { text } = writing;
    const { left } = lengthOf(text);
    const next = lengthStep(left);
    if (mistake !== null || hurried || next < step) told = "";
    if (next > step) told = left < 0 ? host.words.composer.over(-left) : host.words.composer.left(left);
    step = next;
    mistake = null;
    hurried = false;
    const field = fieldIn(host);
    aids.now?.suggestions.look(text, field?.selectionStart ?? text.length);
    if (!growsItself) field?.parentElement?.setAttribute("data-text", text);
    repaintIfDifferent();
  }

  function repaintIfDifferent(): void {
    if (looks() !== painted) host.repaint();
  }

  /** All that depends on the text and is not the text. */
  function looks(): string {
    const { text } = writing;
    const length = lengthOf(text);
    const left = length.worthSaying ? length.left : "";
    const { count = 0, activeId } = aids.now?.suggestions ?? {};
    const listed = count === 0 ? "" : text;
    return [text === "", hindrance(), left, count, activeId, listed, mistake?.m, hurried, told].join("|");
  }

  function hindrance(): Hindrance | null {
    const { text, purpose } = writing;
    const closed = host.closed !== null || host.model === null;
    return hindranceTo({ text, length: lengthOf(text), purpose: purpose.to, closed, waitMs: slow.leftMs() });
  }

  function submit(asText = false): void {
    heedTyped();
    if (!asText && aids.now === null && maybeCommand.test(writing.text)) return void submitLater();
    aids.now?.suggestions.close();
    const hindered = hindrance();
    if (hindered !== null) {
      hurried = hindered === "wait";
      if (hurried) told = waitWords();
      return host.repaint();
    }
    if (writing.isUnchanged()) return cancel();
    const { text, purpose } = writing;
    const people = writing.people();
    const parsed = asText || purpose.to === "edit" ? null : aids.now?.parse(text, people);
    if (parsed?.is === "mistake") {
      ({ mistake } = parsed);
      told = aids.now?.mistake(mistake) ?? "";
      return host.repaint();
    }
    if (parsed?.is !== "order") host.send(text.trim(), purpose, mentionsIn(text, people));
    else if (parsed.order.do === "help") helps = true;
    else aids.now?.obey(host, parsed.order);
    writing.startAnew();
    show();
    focus();
    if (parsed?.is === "order" && parsed.order.do === "help") wantsHelp = true;
    host.repaint();
  }

  /** What may be a command is never said before it is known to be none. */
  async function submitLater(): Promise<void> {
    const { text } = writing;
    if ((await aids.load()) === null) host.say(host.words.notLoaded);
    else if (writing.text === text) submit();
  }

  function pressed(event: KeyboardEvent): void {
    heedTyped();
    if (isComposing(event)) return;
    if (aids.now?.suggestions.pressed(event) === true) {
      event.preventDefault();
      event.stopPropagation();
      repaintIfDifferent();
    } else if (event.key === "Escape") {
      escape(event);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  }

  function escape(event: KeyboardEvent): void {
    if (helps || mistake !== null) closeHelp();
    else if (writing.purpose.to !== "say") cancel();
    else return;
    event.stopPropagation();
  }

  function closeHelp(): void {
    helps = false;
    mistake = null;
    focus();
    host.repaint();
  }

  function typed({ currentTarget: field }: Event): void {
    if (!(field instanceof HTMLTextAreaElement)) return;
    writing.write(field.value);
    helps = false;
    due ??= setTimeout(heedTyped);
  }

  /** After the frame in which it was typed, so that a key is never late; but before the next key. */
  function heedTyped(): void {
    if (due === undefined) return;
    clearTimeout(due);
    due = undefined;
    heed();
  }

  /** The caret went elsewhere, so it may stand in another word. */
  function moved(event: Event): void {
    if (event instanceof KeyboardEvent && !/^(?:Arrow(?:Left|Right)|Home|End)$/u.test(event.key)) return;
    aids.now?.suggestions.look(writing.text, fieldIn(host)?.selectionStart ?? writing.text.length);
    repaintIfDifferent();
  }

  function left(): void {
    heedTyped();
    aids.now?.suggestions.close();
    drafts.flush();
    repaintIfDifferent();
  }

  function waitWords(): string {
    return host.words.composer.wait(secondsLeft(slow.leftMs()));
  }

  function note(): Note | null {
    const { closed } = host;
    if (mistake !== null) return { text: aids.now?.mistake(mistake) ?? "", bad: true, sendAsText: true };
    if (closed !== null) return writing.text === "" ? null : { text: closed, bad: false, sendAsText: false };
    const text = hurried && slow.leftMs() > 0 ? waitWords() : hintIn(host);
    return text === "" ? null : { text, bad: false, sendAsText: false };
  }

  function render(): TemplateResult {
    if (writing.enter()) {
      aids.now?.suggestions.close();
      [mistake, told, step] = [null, "", lengthStep(lengthOf(writing.text).left)];
    }
    painted = looks();
    const { words } = host;
    const { left, worthSaying } = lengthOf(writing.text);
    const said = note();
    const found = aids.now?.suggestions.count ?? 0;
    return html`<form class="composer" part="composer" @submit=${submitted}>
      ${picker.render()}${aids.now?.suggestions.render() ?? nothing}
      ${helps ? aids.now?.help(closeHelp) : nothing} ${purposeBanner(writing.purpose, host, cancel)}
      <div class="composer-box" part="field-box" ?data-over=${left < 0}>
        ${fieldView(said !== null, worthSaying, left < 0)}${waitView()}${openerView(host, picker, openPicker)}
        ${sendView()}
      </div>
      <div class="composer-foot" part="foot">
        ${said === null ? nothing : noteLine(said, words, () => submit(true))}${
          worthSaying ? counterOf(left, words) : nothing
        }
      </div>
      <span class="unseen" id="composer-hint">${words.composer.hint}</span>
      <div class="unseen" role="status">${found > 0 ? words.composer.suggestionsFound(found) : told}</div>
    </form>`;
  }

  function fieldView(noted: boolean, counted: boolean, over: boolean): TemplateResult {
    const { text } = writing;
    const placed = placeholderIn(host);
    const described = [noted ? "composer-note" : "", counted ? "composer-counter" : "", "composer-hint"];
    const { activeId } = aids.now?.suggestions ?? {};
    return html`<div class="composer-grow" data-text=${growsItself ? nothing : text || placed}>
      <textarea
        class="composer-field"
        part="field"
        rows="1"
        dir=${text === "" ? nothing : "auto"}
        enterkeyhint="send"
        autocomplete="off"
        aria-label=${host.words.composer.label}
        aria-autocomplete="list"
        aria-controls=${activeId === undefined ? nothing : "composer-suggestions"}
        aria-activedescendant=${activeId ?? nothing}
        aria-invalid=${over || mistake !== null ? "true" : nothing}
        aria-describedby=${described.filter((id) => id !== "").join(" ")}
        placeholder=${placed}
        ?readonly=${host.closed !== null}
        .value=${live(text)}
        @input=${typed}
        @keydown=${pressed}
        @keyup=${moved}
        @click=${moved}
        @focus=${() => void aids.load().then(heed)}
        @blur=${left}
      ></textarea>
    </div>`;
  }

  function waitView(): TemplateResult | typeof nothing {
    const ms = writing.purpose.to === "edit" || host.closed !== null ? 0 : slow.leftMs();
    if (ms === 0) return nothing;
    return html`<span class="composer-wait" part="wait" title=${waitWords()} aria-hidden="true"
      >${host.words.format.countdown(secondsLeft(ms))}</span
    >`;
  }

  function sendView(): TemplateResult {
    const { save, send } = host.words.composer;
    const disabled = hindrance() !== null;
    return html`<button
      type="submit"
      class="composer-send"
      part="send"
      ?disabled=${disabled}
      @mousedown=${keepFocus}
    >
      ${writing.purpose.to === "edit" ? save : send}
    </button>`;
  }

  function openPicker(): void {
    helps = false;
    picker.toggle();
  }

  function submitted(event: Event): void {
    event.preventDefault();
    submit();
  }

  function tell(sentence: string): void {
    told = sentence;
    host.repaint();
  }

  return { render, become, focus, tell };
}

function fieldIn({ renderRoot }: ChatHost): HTMLTextAreaElement | null {
  /* There is no root before the first painting. */
  return renderRoot?.querySelector<HTMLTextAreaElement>(".composer-field") ?? null;
}

const maybeCommand = /^\s*\/[a-z]/i;

/** Enter may end the choice of a word in an input method; Safari tells so by the key code 229 alone. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** The keyboard of a phone stays open. */
function keepFocus(event: Event): void {
  event.preventDefault();
}
