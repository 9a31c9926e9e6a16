import { html, nothing, type TemplateResult } from "lit";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost } from "./host.ts";
import type { RowLook } from "./look.ts";
import type { Model } from "./model.ts";
import { keyOf } from "./message-key.ts";
import { mayBeRich } from "./late-text.ts";
import type { RowTools } from "./row-tools.ts";

/**
 * A row of the list. What people wrote, names too, is only ever text, in a direction of its own.
 *
 * @param tools where the row shows its buttons; null where it does not. Only then what is in it is a stop of the Tab key.
 */
export function messageRow(
  host: ChatHost,
  message: Shown,
  look: RowLook,
  tools: RowTools | null,
): TemplateResult {
  const { removed, mentions, shadow, status } = message;
  if (tools !== null) wasActive.add(message);
  const own = isOwn(host, message);
  const you = host.model?.you ?? null;
  const forYou = you !== null && mentions.includes(you);
  const open = tools?.open === true;
  const classes = `row${shadow ? " shadow" : ""}${own ? " own" : ""}${forYou ? " for-you" : ""}${tools === null ? "" : " active"}${open ? " open" : ""}`;
  /* One template for all: what has the focus keeps its row. */
  return html`<li
    class=${classes}
    part="message"
    data-key=${keyOf(message)}
    data-status=${removed === null ? status : "removed"}
    tabindex="-1"
  >
    ${
      !wasActive.has(message) && !own && isPlain(message)
        ? plain(message, look, host)
        : whole(host, message, look, tools, own, forYou)
    }
  </li>`;
}

function whole(
  host: ChatHost,
  message: Shown,
  look: RowLook,
  tools: RowTools | null,
  own: boolean,
  forYou: boolean,
): TemplateResult {
  return html`${
    message.removed === null ? content(host, message, look, own, tools !== null) : tombstone(host, message)
  }
  ${forYou ? html`<span class="unseen">${host.words.message.mentionsYou}</span>` : nothing}${tools?.at(message) ?? nothing}`;
}

/** Rows that somebody has pointed at stay as they were then: what is selected in them stays selected. */
const wasActive = new WeakSet<Shown>();

/** What nearly all rows of a lively chat are. */
function isPlain({ status, role, reply, edited, removed, mentions, shadow, by, text }: Shown): boolean {
  if (status !== "confirmed" || removed !== null || reply !== null || edited !== null || shadow) return false;
  if (mentions.length > 0 || by === null || mayBeRich(text)) return false;
  return role === null || role === "viewer" || role === "guest";
}

/** With as few elements as can be, and directions of their own only where they could be told apart: each costs layout. */
function plain({ name, text, by, time }: Shown, look: RowLook, host: ChatHost): TemplateResult {
  const dir = host.words.dir === "ltr" && !mayBeRightToLeft.test(name + text) ? nothing : "auto";
  return html`${look.times ? timeOf(host, time, false) : nothing}<span
      class="name"
      part="name"
      dir=${dir}
      .style=${`color: ${look.nameColourOf(by ?? name)}`}
      >${name}</span
    >
    <span class="text" part="text" dir=${dir} lang="">${text}</span>`;
}

/** Hebrew, Arabic and their neighbours, and what overrides the direction (Unicode Standard Annex 9). */
const mayBeRightToLeft =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

export function isOwn({ model }: { readonly model: Pick<Model, "you"> | null }, message: Shown): boolean {
  return message.id === null || message.key !== null || (model?.you != null && message.by === model.you);
}

function content(
  host: ChatHost,
  message: Shown,
  look: RowLook,
  own: boolean,
  active: boolean,
): TemplateResult {
  return html`${quoteOf(host, message, active ? 0 : -1)}
    ${look.times ? timeOf(host, message.time, active) : nothing}${badgeOf(host, message)}${nameOf(host, message, look, active)}${message.shadow ? html`<span class="badge">${host.words.message.shadow}</span>` : nothing}
    <span class="text" part="text" dir="auto" lang="">${host.textOf(message, active)}</span
    >${editedOf(host, message)} ${fate(host, message, own)}`;
}

function editedOf({ words }: ChatHost, { edited }: Shown): TemplateResult | typeof nothing {
  if (edited === null) return nothing;
  const when = words.message.editedAt(words.format.clock(edited));
  return html` <span class="edited" title=${when}>${words.message.edited}</span>`;
}

function badgeOf({ words }: ChatHost, { role }: Shown): TemplateResult | typeof nothing {
  if (role !== "host" && role !== "moderator" && role !== "participant") return nothing;
  return html`<span class="badge" part="badge" data-role=${role}>${words.roles[role]}</span>`;
}

function quoteOf(host: ChatHost, { reply }: Shown, tab: number): TemplateResult | typeof nothing {
  if (reply === null) return nothing;
  const { words } = host;
  return html`<button
    type="button"
    class="quote"
    tabindex=${tab}
    title=${words.message.toQuoted}
    @click=${() => host.jumpTo(reply.id)}
  >
    <span class="unseen">${words.message.inReplyTo(reply.name)}</span>
    <bdi class="quoted-name" aria-hidden="true">${reply.name}</bdi>
    <bdi class="quoted-text">${reply.quote === "" ? words.message.quoteGone : reply.quote}</bdi>
  </button>`;
}

function nameOf(host: ChatHost, { by, name }: Shown, look: RowLook, active: boolean): TemplateResult {
  const colour = `color: ${look.nameColourOf(by ?? name)}`;
  const shown = name === "" ? host.words.message.you : name;
  if (by === null || !active)
    return html`<span class="name" part="name" dir="auto" .style=${colour}>${shown}</span>`;
  const open = () => host.openCard(by);
  return html`<button type="button" class="name" part="name" dir="auto" .style=${colour} @click=${open}>
    ${shown}
  </button>`;
}

function fate(host: ChatHost, message: Shown, own: boolean): TemplateResult | typeof nothing {
  const { sending } = host.words;
  switch (message.status) {
    case "confirmed":
      return nothing;
    case "pending":
      return html`<p class="fate">
        ${host.model?.connection.state === "live" ? sending.pending : sending.waiting}
      </p>`;
    case "held":
      return html`<p class="fate">${own ? sending.held : nothing}</p>`;
    case "refused":
    case "failed": {
      const told = message.trouble === null ? "" : host.explain(message.trouble);
      const key = message.key;
      return html`<p class="fate bad">
        ${message.status === "refused" ? sending.refused(told) : told}
        ${
          key === null
            ? nothing
            : html`<button
                  type="button"
                  @click=${() => {
                    if (message.status === "failed") host.model?.room.retry(key);
                    else {
                      host.model?.room.discard(key);
                      host.write({ to: "say" }, message.text);
                    }
                    host.repaint();
                  }}
                >
                  ${message.status === "failed" ? sending.tryAgain : sending.change}</button
                ><button
                  type="button"
                  @click=${(event: Event) => {
                    focusLog(event);
                    host.model?.room.discard(key);
                    host.repaint();
                  }}
                >
                  ${sending.dismiss}
                </button>`
        }
      </p>`;
    }
  }
}

function tombstone({ words }: ChatHost, { removed }: Shown): TemplateResult {
  return html`<p class="tombstone" part="tombstone">
    ${removed === null || removed.by === "author" ? words.message.takenBack : words.message.removed(removed.why)}
  </p>`;
}

/** Of all that a row is made of, writing out the whole moment takes the longest. */
function timeOf({ words: { format } }: ChatHost, time: number, active: boolean): TemplateResult {
  const moment = active ? format.moment(time) : nothing;
  return html`<time class="time" datetime=${new Date(time).toISOString()} title=${moment}
    >${format.clock(time)}</time
  >`;
}

/** What is pressed goes with its row. */
function focusLog({ target }: Event): void {
  if (target instanceof Element) target.closest<HTMLElement>(".log")?.focus({ preventScroll: true });
}
