import { html, type TemplateResult } from "lit";
import { map } from "lit/directives/map.js";
import type { PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import type { Emote, Emotes } from "./emotes.ts";
import type { ChatHost } from "./host.ts";
import { type Segment, segmentsOf } from "./segments.ts";

export type Text = Pick<Shown, "text" | "mentions">;

/** @param active where what can be pressed in the text is a stop of the Tab key. */
export function richText(host: ChatHost, message: Text, emotes: Emotes, active: boolean): unknown {
  const mentions = new Map<string, PersonId>();
  for (const id of message.mentions) {
    const name = host.model?.people.get(id)?.name;
    if (name !== undefined) mentions.set(name, id);
  }
  const segments = segmentsOf(message.text, { mentions, emoteOf: (name) => emotes.of(name) });
  return map(segments, (segment) => segmentOf(host, segment, active ? 0 : -1));
}

function segmentOf(host: ChatHost, segment: Segment<Emote>, tab: number): unknown {
  switch (segment.kind) {
    case "text":
      return segment.text;
    case "link":
      return html`<a
        href=${segment.href}
        tabindex=${tab}
        target="_blank"
        rel="noopener noreferrer ugc nofollow"
        title=${host.words.message.newTab}
        ><bdi dir="ltr">${segment.shown}</bdi></a
      >`;
    case "mention":
      return html`<button
        type="button"
        class="mention"
        tabindex=${tab}
        @click=${() => host.openCard(segment.person)}
      >
        <bdi>${segment.text}</bdi>
      </button>`;
    case "emote":
      return emoteOf(segment);
  }
}

function emoteOf({ emote, text }: { emote: Emote; text: string }): TemplateResult {
  if ("emoji" in emote) return html`<span class="emote" title=${text}>${emote.emoji}</span>`;
  return html`<img
    class="emote"
    part="emote"
    src=${emote.url}
    alt=${text}
    title=${text}
    loading="lazy"
    decoding="async"
    referrerpolicy="no-referrer"
  />`;
}
