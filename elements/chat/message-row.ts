import { html, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { map } from "lit/directives/map.js";
import type { PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { ChatHost } from "./host.ts";
import { renderActions } from "./row-actions.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { emojiOf } from "./shortcodes.ts";

/** How rows are to look, by theme and by what the person has chosen. */
export type RowLook = { nameColourOf(person: string): string; times: boolean };
export type RowState = { open: boolean; onToggle(): void };

/** A row of the list. What people wrote, names too, is only ever text, in a direction of its own. */
export function messageRow(host: ChatHost, message: Shown, look: RowLook, state: RowState): TemplateResult {
  const { words } = host;
  const own = isOwn(host, message);
  const forYou = host.model?.you != null && message.mentions.includes(host.model.you);
  const classes = { row: true, own, "for-you": forYou, open: state.open, shadow: message.shadow };
  return html`<li
    class=${classMap(classes)}
    part="message"
    data-key=${keyOf(message)}
    data-status=${message.removed === null ? message.status : "removed"}
    tabindex="-1"
  >
    ${message.removed === null ? content(host, message, look, state, own) : tombstone(host, message)}
    ${forYou ? html`<span class="unseen">${words.message.mentionsYou}</span>` : nothing}
  </li>`;
}

export function isOwn({ model }: ChatHost, message: Shown): boolean {
  return message.id === null || message.key !== null || (model?.you != null && message.by === model.you);
}

/** The same message keeps its key from the first press of Enter on. */
export function keyOf({ key, id }: Pick<Shown, "key" | "id">): string {
  return key ?? id ?? "";
}

function content(
  host: ChatHost,
  message: Shown,
  look: RowLook,
  state: RowState,
  own: boolean,
): TemplateResult {
  return html`${quoteOf(host, message)}
    <p class="line">
      ${look.times ? timeOf(host, message.time) : nothing}${badgeOf(host, message)}<bdi
        class="name"
        part="name"
        .style=${`color: ${look.nameColourOf(message.by ?? message.name)}`}
        >${message.name === "" ? host.words.message.you : message.name}</bdi
      >${message.shadow ? html`<span class="badge">${host.words.message.shadow}</span>` : nothing}
      <span class="text" part="text" dir="auto">${textOf(host, message)}</span>${editedOf(host, message)}
    </p>
    ${fate(host, message, own)}
    ${message.id === null ? nothing : renderActions(host, message, state.open, state.onToggle)}`;
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

function quoteOf(host: ChatHost, { reply }: Shown): TemplateResult | typeof nothing {
  if (reply === null) return nothing;
  const { words } = host;
  return html`<button
    type="button"
    class="quote"
    title=${words.message.toQuoted}
    @click=${() => host.jumpTo(reply.id)}
  >
    <span class="unseen">${words.message.inReplyTo(reply.name)}</span>
    <bdi class="quoted-name" aria-hidden="true">${reply.name}</bdi>
    <bdi class="quoted-text">${reply.quote === "" ? words.message.quoteGone : reply.quote}</bdi>
  </button>`;
}

function textOf(host: ChatHost, message: Shown): unknown {
  const mentions = new Map<string, PersonId>();
  for (const id of message.mentions) {
    const name = host.model?.people.get(id)?.name;
    if (name !== undefined) mentions.set(name, id);
  }
  const segments = segmentsOf(message.text, { mentions, emoteOf: emojiOf });
  return map(segments, (segment) => segmentOf(host, segment));
}

function segmentOf(host: ChatHost, segment: Segment<string>): unknown {
  switch (segment.kind) {
    case "text":
      return segment.text;
    case "link":
      return html`<a href=${segment.href} target="_blank" rel="noopener noreferrer ugc nofollow"
        ><bdi dir="ltr">${segment.shown}</bdi></a
      >`;
    case "mention":
      return html`<button type="button" class="mention" @click=${() => host.openCard(segment.person)}>
        <bdi>${segment.text}</bdi>
      </button>`;
    case "emote":
      return html`<span class="emote" title=${segment.text}>${segment.emote}</span>`;
  }
}

function fate(host: ChatHost, message: Shown, own: boolean): TemplateResult | typeof nothing {
  const { sending, refusals, failures } = host.words;
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
      const { reason = "", sentence = "" } = message.trouble ?? {};
      const known: Readonly<Record<string, string>> = { ...refusals, ...failures };
      const told = known[reason] ?? sentence;
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
                  @click=${() => {
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

function tombstone(host: ChatHost, message: Shown): TemplateResult {
  const { removed } = message;
  const { words } = host;
  return html`<p class="tombstone" part="tombstone">
    ${removed === null || removed.by === "author" ? words.message.takenBack : words.message.removed(removed.why)}
    ${
      host.staff && removed?.by === "staff" && message.id !== null
        ? html`<button
            type="button"
            @click=${() => {
              if (message.id !== null)
                host.moderate({ do: "restore", id: message.id }, words.moderation.undone);
            }}
          >
            ${words.moderation.restore}
          </button>`
        : nothing
    }
  </p>`;
}

function timeOf({ words }: ChatHost, time: number): TemplateResult {
  return html`<time class="time" datetime=${new Date(time).toISOString()} title=${words.format.moment(time)}
    >${words.format.clock(time)}</time
  >`;
}
