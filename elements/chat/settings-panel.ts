import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { PersonId } from "@chorus/protocol/ids.ts";
import { digestEveryMs } from "./announcer.ts";
import type { ChatHost, Part } from "./host.ts";
import { nameCharsMax } from "./mentions.ts";
import type { Preferences } from "./preferences.ts";

export { settingsPanelStyles } from "./settings-styles.ts";

/** What somebody may change for themselves, under the button that opens it. */
export type SettingsPanel = Part & { readonly isOpen: boolean; open(): void; close(): void };

export type SettingsOptions = {
  preferences(): Preferences;
  /** The person chose something: this is how it is to be now. */
  changed(next: Preferences): void;
  /** The name of a guest who may choose another; null for everybody else. */
  guest(): string | null;
  rename(name: string): void;
};

/** The panel is a dialog that nothing has to wait for: it goes by its button, by Escape, and when one turns to something else. */
export function createSettingsPanel(host: ChatHost, options: SettingsOptions): SettingsPanel {
  let leave: AbortController | null = null;
  let wantsFocus = false;
  host.addController({ hostUpdated: focusWanted, hostDisconnected: () => leave !== null && close() });

  function open(): void {
    if (leave !== null) return;
    leave = new AbortController();
    const { signal } = leave;
    document.addEventListener("pointerdown", pressedOutside, { signal });
    document.addEventListener("keydown", escaped, { signal, capture: true });
    wantsFocus = true;
    host.repaint();
  }

  function close(): void {
    leave?.abort();
    leave = null;
    wantsFocus = false;
    host.repaint();
  }

  /** By a key or the button: the focus goes back to what opened it. */
  function dismiss(): void {
    find(".settings-opener")?.focus({ preventScroll: true });
    close();
  }

  function find(selector: string): HTMLElement | null {
    return host.renderRoot.querySelector<HTMLElement>(selector);
  }

  function focusWanted(): void {
    const panel = wantsFocus ? find(".settings") : null;
    if (panel === null) return;
    wantsFocus = false;
    panel.focus({ preventScroll: true });
  }

  function isOurs(target: EventTarget | null): boolean {
    return [".settings", ".settings-opener"].some(
      (selector) => target instanceof Node && find(selector)?.contains(target) === true,
    );
  }

  function pressedOutside(event: Event): void {
    if (!isOurs(event.composedPath()[0] ?? null)) close();
  }

  /** Whoever tabs out of it is done with it; what it covers would have the focus otherwise. */
  function left({ relatedTarget: to }: FocusEvent): void {
    if (to !== null && !isOurs(to)) close();
  }

  function escaped(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    dismiss();
  }

  function choose(change: Partial<Preferences>): void {
    options.changed({ ...options.preferences(), ...change });
    host.repaint();
  }

  function render(): TemplateResult | typeof nothing {
    if (leave === null) return nothing;
    const { settings } = host.tools;
    return html`<section
      class="settings"
      part="settings"
      role="dialog"
      aria-label=${settings.title}
      tabindex="-1"
      @focusout=${left}
    >
      <div class="settings-head">
        <h2>${settings.title}</h2>
        <button type="button" aria-label=${settings.close} title=${settings.close} @click=${dismiss}>
          <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d="M4 4l8 8 M12 4l-8 8"></path>
          </svg>
        </button>
      </div>
      <div class="settings-body">
        ${guestName()}${appearance()}${switches()}${announcements()}${ignored()}
      </div>
    </section>`;
  }

  function guestName(): TemplateResult | typeof nothing {
    const name = options.guest();
    if (name === null) return nothing;
    const { guest } = host.words;
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      if (!(event.currentTarget instanceof HTMLFormElement)) return;
      const wanted = String(new FormData(event.currentTarget).get("name") ?? "").trim();
      if (wanted !== "" && wanted !== name) options.rename(wanted);
      dismiss();
    };
    return html`<form class="settings-name" @submit=${submit}>
      <label for="settings-name">${guest.label}</label>
      <input
        id="settings-name"
        name="name"
        maxlength=${nameCharsMax}
        autocomplete="nickname"
        dir="auto"
        .value=${name}
      />
      <button type="submit">${guest.join}</button>
    </form>`;
  }

  function appearance(): TemplateResult[] {
    const { settings } = host.tools;
    const { theme, textSize } = options.preferences();
    return [
      radios("theme", settings.theme, settings.themes, theme, (one) => choose({ theme: one })),
      radios("text", settings.textSize, settings.textSizes, textSize, (one) => choose({ textSize: one })),
    ];
  }

  function switches(): TemplateResult {
    const { settings } = host.tools;
    const { times, motion, focus, align } = options.preferences();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return html`<div class="settings-switches">
      ${checkbox("times", settings.timestamps, times, null, (yes) => choose({ times: yes }))}
      ${
        still
          ? checkbox("motion", settings.motion, false, settings.motionReduced, null)
          : checkbox("motion", settings.motion, motion, null, (yes) => choose({ motion: yes }))
      }
      ${
        host.clock
          ? checkbox("align", settings.align, align, settings.alignHint, (yes) => choose({ align: yes }))
          : nothing
      }
      ${checkbox("focus", settings.focus, focus, settings.focusHint, (yes) => choose({ focus: yes }))}
    </div>`;
  }

  function announcements(): TemplateResult {
    const { announcements, announcementsHint, announcementModes: modes } = host.tools.settings;
    const { announce } = options.preferences();
    const labels = { ...modes, digest: modes.digest(digestEveryMs / 1_000) };
    return html`<div>
      <label class="settings-field"
        ><span>${announcements}</span>
        <select
          aria-describedby="settings-announce"
          @change=${({ currentTarget: field }: Event) => {
            const mode = field instanceof HTMLSelectElement ? keysOf(modes)[field.selectedIndex] : undefined;
            if (mode !== undefined) choose({ announce: mode });
          }}
        >
          ${keysOf(modes).map(
            (mode) => html`<option .selected=${mode === announce}>${labels[mode]}</option>`,
          )}
        </select></label
      >
      <small id="settings-announce">${announcementsHint}</small>
    </div>`;
  }

  function ignored(): TemplateResult {
    const { settings } = host.tools;
    const people = [...host.ignored].toReversed();
    return html`<section aria-labelledby="settings-ignored">
      <h3 id="settings-ignored" tabindex="-1">${settings.ignored}</h3>
      ${
        people.length === 0
          ? html`<p>${settings.nobodyIgnored}</p>`
          : html`<ul class="settings-ignored" role="list">
              ${repeat(people, (person) => person, ignoredLine)}
            </ul>`
      }
    </section>`;
  }

  function ignoredLine(person: PersonId, index: number): TemplateResult {
    const { settings } = host.tools;
    const name = host.model?.people.get(person)?.name ?? settings.notHere;
    return html`<li>
      <bdi id=${`settings-name-${index}`}>${name}</bdi>
      <button
        type="button"
        id=${`settings-again-${index}`}
        aria-labelledby=${`settings-again-${index} settings-name-${index}`}
        @click=${(event: Event) => showAgain(event, person)}
      >
        ${settings.showAgain}
      </button>
    </li>`;
  }

  function showAgain({ currentTarget: button }: Event, person: PersonId): void {
    const line = button instanceof Element ? button.closest("li") : null;
    const next = (line?.nextElementSibling ?? line?.previousElementSibling)?.querySelector("button");
    (next ?? find("#settings-ignored"))?.focus();
    const { tools, model } = host;
    host.ignore(person, false);
    const name = model?.people.get(person)?.name ?? tools.log.somebody;
    host.say(tools.actions.noLongerIgnored(name), () => host.ignore(person, true));
  }

  return {
    render,
    open,
    close,
    get isOpen() {
      return leave !== null;
    },
  };
}

function radios<T extends string>(
  name: string,
  legend: string,
  labels: Readonly<Record<T, string>>,
  now: T,
  choose: (value: T) => void,
): TemplateResult {
  return html`<fieldset>
    <legend>${legend}</legend>
    <div class="settings-choices">
      ${keysOf(labels).map(
        (value) =>
          html`<label
            ><input
              type="radio"
              name=${`settings-${name}`}
              value=${value}
              .checked=${value === now}
              @change=${() => choose(value)}
            />${labels[value]}</label
          >`,
      )}
    </div>
  </fieldset>`;
}

/** What can be chosen is what there are words for, in their order. */
function keysOf<T extends string>(labels: Readonly<Record<T, unknown>>): T[] {
  return Object.keys(labels).filter((key): key is T => Object.hasOwn(labels, key));
}

/** @param choose null where there is no choice; the hint then says why. */
function checkbox(
  name: string,
  label: string,
  now: boolean,
  hint: string | null,
  choose: ((yes: boolean) => void) | null,
): TemplateResult {
  const id = `settings-${name}`;
  return html`<label
      ><input
        type="checkbox"
        name=${id}
        .checked=${now}
        ?disabled=${choose === null}
        aria-describedby=${hint === null ? nothing : id}
        @change=${({ currentTarget: box }: Event) => {
          if (box instanceof HTMLInputElement) choose?.(box.checked);
        }}
      />${label}</label
    >${hint === null ? nothing : html`<small id=${id}>${hint}</small>`}`;
}
