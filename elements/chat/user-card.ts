import { css, html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { map } from "lit/directives/map.js";
import { ref } from "lit/directives/ref.js";
import type { Sanction } from "@chorus/protocol/entries.ts";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost, Part } from "./host.ts";
import { createJudgeForm, focusNew } from "./judge-form.ts";
import type { Speaker } from "./mentions.ts";
import { outranks, setIgnored } from "./message-actions.ts";
import { actsAbout, type Model, standingOf } from "./model.ts";
import { deedsIn, sentencesOf, somebodyIn } from "./staff-lines.ts";
import { timeOf } from "./staff-log.ts";

/** Whose card is open, and how it closes. */
export type UserCardOptions = { person(): PersonId | null; close(): void };

export const userCardStyles = css`
  .card {
    position: absolute;
    inset-block-start: 0.5rem;
    inset-inline: 0.5rem;
    z-index: 2;
    display: flex;
    flex-direction: column;
    gap: 0.5rem;
    max-inline-size: 26rem;
    max-block-size: calc(100% - 1rem);
    margin-inline: auto;
    padding: 0.75rem;
    border: 1px solid var(--line);
    border-radius: 0.625rem;
    background: var(--background);
    box-shadow: 0 6px 24px rgb(0 0 0 / 30%);
    font-size: 0.9333em;
    overflow-y: auto;
    overflow-wrap: anywhere;
  }
  .card h2,
  .card h3 {
    margin: 0;
    font-size: 1.0667em;
    line-height: 1.5;
  }
  .card h3 {
    font-size: 0.8667em;
    color: var(--muted);
  }
  .card header,
  .card .card-row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    align-items: center;
  }
  .card form {
    display: grid;
    gap: 0.5rem;
  }
  .card header h2 {
    flex: 1;
  }
  .card time {
    white-space: nowrap;
  }
  .card p,
  .card time {
    color: var(--muted);
    font-size: 0.8667em;
  }
  .card .danger {
    color: var(--danger);
  }
  .card-messages {
    max-block-size: 9rem;
    overflow-y: auto;
    border: 1px solid var(--line);
    border-radius: 0.375rem;
  }
  .card-messages button {
    display: flex;
    gap: 0.5rem;
    align-items: baseline;
    inline-size: 100%;
    border: 0;
    border-radius: 0;
    background: none;
    text-align: start;
  }
  .card-messages button:hover {
    background: var(--raised);
  }
  .card-messages button:focus-visible {
    outline-offset: -2px;
  }
  .card label {
    display: inline-flex;
    gap: 0.375rem;
    align-items: center;
    min-block-size: 24px;
  }
  .card select,
  .card input[type="text"] {
    min-block-size: 1.75rem;
    min-inline-size: 0;
    padding-inline: 0.375rem;
    border: 1px solid var(--muted);
    border-radius: 0.375rem;
    background: var(--background);
    color: inherit;
    font: inherit;
  }
  .card input[type="checkbox"] {
    inline-size: 1.125rem;
    block-size: 1.125rem;
    accent-color: var(--accent);
  }
`;

const messagesMax = 50;
const dayMs = 86_400_000;

/** What is known of a person, and what can be done: a dialog beside the list that nothing has to wait for. */
export function createUserCard(host: ChatHost, options: UserCardOptions): Part {
  /** What had the focus before, which has it again afterwards. */
  let back: HTMLElement | null = null;
  const form = createJudgeForm(host);

  function render(): TemplateResult | typeof nothing {
    const person = options.person();
    const { model } = host;
    if (person === null || model === null) return nothing;
    return html`${keyed(person, card(model, person))}`;
  }

  function card(model: Model, person: PersonId): TemplateResult {
    const { words, tools } = host;
    const met = somebodyIn(model, person);
    const known = met ?? { name: tools.log.somebody, role: null };
    const whom = { id: person, name: known.name };
    const own = person === model.you;
    return html`<section
      class="card"
      part="card"
      role="dialog"
      aria-label=${tools.card.title(known.name)}
      tabindex="-1"
      ${ref(entered)}
      @keydown=${escaped}
      @focusout=${left}
    >
      <header>
        <h2><bdi>${known.name}</bdi></h2>
        ${known.role === null ? nothing : html`<span class="badge">${words.roles[known.role]}</span>`}
        <button type="button" aria-label=${tools.card.close} title=${tools.card.close} @click=${close}>
          ✕
        </button>
      </header>
      ${firstSeen(model, person)} ${host.staff ? standing(model, whom) : nothing}
      ${own ? nothing : personal(whom)} ${messages(model, person)}
      ${host.staff ? earlier(model, person) : nothing}
      ${host.staff && !own && met !== null && outranks(model.room, met.role) ? form.render(whom) : nothing}
    </section>`;
  }

  function firstSeen(model: Model, person: PersonId): TemplateResult | typeof nothing {
    const { words, tools } = host;
    const known = model.people.get(person);
    return known === null
      ? nothing
      : html`<p title=${words.format.moment(known.firstSeen)}>
          ${tools.card.firstSeen(words.format.ago(known.firstSeen, host.now()))}
        </p>`;
  }

  function personal(whom: Speaker): TemplateResult {
    const { card, actions } = host.tools;
    const ignored = host.ignored.has(whom.id);
    return html`<div class="card-row">
      ${
        host.closed === null
          ? html`<button type="button" @click=${() => mention(whom)}>${card.mention}</button>`
          : nothing
      }
      <button type="button" @click=${() => setIgnored(host, whom, !ignored)}>
        ${(ignored ? actions.stopIgnoring : actions.ignore)(whom.name)}
      </button>
    </div>`;
  }

  function mention({ name }: Speaker): void {
    back = null;
    close();
    host.write({ to: "say" }, `@${name.normalize("NFC")} `);
  }

  function standing(model: Model, whom: Speaker): TemplateResult | typeof nothing {
    const { tools } = host;
    const now = host.now();
    const kinds = [...standingOf(model, whom.id, now)];
    if (kinds.length === 0) return nothing;
    return html`<ul>
      ${map(kinds, (what) => {
        const run = ({ target }: Event) => {
          /* The button goes with what it lifts. */
          if (target instanceof Element) target.closest<HTMLElement>(".card")?.focus();
          host.moderate({ do: "lift", person: whom.id, what }, tools.moderation.lifted(whom.name));
        };
        return html`<li class="card-row">
          <strong class="danger">${tools.card.sanctioned[what]}</strong>
          <span>${untilOf(model, whom.id, what, now)}</span>
          <button type="button" @click=${run}>${tools.moderation.lift[what]}</button>
        </li>`;
      })}
    </ul>`;
  }

  function untilOf({ staffLog }: Model, person: PersonId, what: Sanction["what"], now: number): string {
    const { card, moderation } = host.tools;
    const { format } = host.words;
    const last = staffLog.findLast(
      (entry): entry is Sanction => entry.k === "sanction" && entry.person === person && entry.what === what,
    );
    const until = last?.until ?? null;
    if (until === null) return moderation.untilLifted;
    return card.until(until - now < dayMs ? format.clock(until) : format.moment(until));
  }

  function messages(model: Model, person: PersonId): TemplateResult {
    const { card } = host.tools;
    const said = saidBy(model, person);
    if (said.length === 0) return html`<p>${card.noMessages}</p>`;
    return html`<h3>${card.messages(said.length)}</h3>
      <ol class="card-messages">
        ${map(said.slice(0, messagesMax), messageLine)}
      </ol>`;
  }

  function messageLine(message: Shown & { readonly id: EntryId }): TemplateResult {
    const { words } = host;
    const { removed, text, time, id } = message;
    const gone = removed?.by === "staff" ? words.message.removed(removed.why) : words.message.takenBack;
    return html`<li>
      <button type="button" @click=${() => host.jumpTo(id)}>
        <time datetime=${new Date(time).toISOString()}>${words.format.clock(time)}</time>
        <span dir="auto">${removed === null ? text : gone}</span>
      </button>
    </li>`;
  }

  function earlier(model: Model, person: PersonId): TemplateResult {
    const { tools } = host;
    const deeds = deedsIn(actsAbout(model, person));
    if (deeds.length === 0) return html`<p>${tools.card.noEarlier}</p>`;
    const sentences = sentencesOf(model, tools, deeds);
    return html`<h3>${tools.card.earlier}</h3>
      <ul>
        ${map(
          deeds,
          (deed, index) => html`<li>${sentences[index]} ${timeOf(host, deed.time, host.now())}</li>`,
        )}
      </ul>`;
  }

  function entered(element: Element | undefined): void {
    if (!(element instanceof HTMLElement)) return;
    const before = host.shadowRoot?.activeElement;
    if (before instanceof HTMLElement && before.closest(".card") === null) back = before;
    focusNew(element);
  }

  /** Who goes on with the Tab key is not to look for what lies under the card. */
  function left({ currentTarget: card, relatedTarget: to }: FocusEvent): void {
    if (card instanceof Element && to instanceof Node && !card.contains(to)) options.close();
  }

  function escaped(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    close();
  }

  function close(): void {
    const to = back;
    back = null;
    options.close();
    if (to?.isConnected === true) to.focus({ preventScroll: true });
  }

  return { render };
}

/** What somebody said during this visit and is still here, newest first. */
export function saidBy(
  { people, room }: Pick<Model, "people"> & { room: Pick<Model["room"], "messages"> },
  person: PersonId,
): (Shown & { readonly id: EntryId })[] {
  const heard = new Set(people.messagesOf(person));
  return room.messages
    .filter(
      (message): message is Shown & { readonly id: EntryId } =>
        message.id !== null && (message.by === person || heard.has(message.id)),
    )
    .toReversed();
}
