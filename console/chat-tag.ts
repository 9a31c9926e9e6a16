import { tabStorage } from "@chorus/sdk/browser.ts";
import type { ChorusRoom } from "@chorus/sdk/client.ts";
import type { PageWords } from "@chorus/elements/words/page-words.ts";
import type { Words } from "@chorus/elements/words/words.ts";
import { isRoomName } from "./address.ts";
import { find } from "./element.ts";
import { createTokenSource } from "./token-source.ts";

/** Of `<chorus-chat>` what these pages use. Which build of it is loaded is the server's affair. */
export type ChatTag = HTMLElement & {
  readonly model: { readonly room: ChorusRoom } | null;
  readonly words: Pick<Words, "viewers" | "viewersExactly">;
};

const tag = "chorus-chat";

/** The last part of the address, as in `/rooms/demo`. */
export function roomOfPath(path: string): string {
  return path.split("/")[2] ?? "";
}

/** What the address asks for, else what the browser does. */
export function languageOf(query: URLSearchParams): string {
  return query.get("lang") ?? navigator.language;
}

/**
 * Puts the chat of a room into the page. The token of a link goes to the chat alone, and out of the address, so that nobody
 * shares it by accident.
 *
 * @returns null where there can be none; the page then says why.
 */
export function openChat(room: string, words: PageWords): ChatTag | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const source = createTokenSource(fragment.get("token") || null, tabStorage(), () => Date.now());
  if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
  if (!isRoomName(room)) return refuse(words.noRoomName(room));
  if (customElements.get(tag) === undefined) return refuse(words.notLoaded);
  const chat = document.createElement(tag);
  if (!isChat(chat)) return refuse(words.notLoaded);
  chat.setAttribute("room", room);
  chat.setAttribute("lang", words.lang);
  if (source.token !== null) Object.assign(chat, { token: source.give });
  find("#chat", HTMLElement).append(chat);
  return chat;
}

/** A page in the language that its chat speaks. */
export function speak({ lang, dir }: PageWords): void {
  Object.assign(document.documentElement, { lang, dir });
}

function isChat(element: HTMLElement): element is ChatTag {
  return "model" in element && "words" in element;
}

function refuse(why: string): null {
  const place = find("#refusal", HTMLElement);
  place.textContent = why;
  place.hidden = false;
  return null;
}
