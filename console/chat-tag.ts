import type { PageWords } from "@chorus/elements/words/page-words.ts";
import type { Words } from "@chorus/elements/words/words.ts";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { tabStorage } from "@chorus/sdk/browser.ts";
import type { ChorusRoom, ConnectionState } from "@chorus/sdk/client.ts";
import { find } from "./element.ts";
import { createTokenSource, type TokenSource } from "./token-source.ts";

/** Of `<chorus-chat>` what these pages use. Which build of it is loaded is the server's affair. */
export type ChatTag = HTMLElement & {
  readonly model: { readonly room: ChorusRoom; readonly connection: ConnectionState } | null;
  readonly words: Pick<Words, "viewers">;
  token?: unknown;
  /** Of the picture beside it: what is said there is shown at its moment. */
  clock?: unknown;
};

const tag = "chorus-chat";

/** The last part of the address, as in `/rooms/demo`. Only for names that a room can have does the server answer with a page. */
export function roomOfPath(path: string): string {
  return decodeURIComponent(path.split("/")[2] ?? "");
}

/** What the address asks for, else what the browser does. */
export function languageOf(query: URLSearchParams): string {
  return query.get("lang") ?? navigator.language;
}

/** The token of the page's link, which is taken out of the address, so that nobody shares it by accident. */
export function linkedToken(room: string): TokenSource {
  return createTokenSource(room, tokenOfLink(), tabStorage(), () => Date.now());
}

/**
 * Puts the chat of a room into the page.
 *
 * @param source of the token, which goes to the chat alone where the page does not need it.
 * @returns null where there can be none; the page then says why.
 */
export function openChat(
  room: string,
  words: Pick<PageWords, "lang" | "notLoaded">,
  source: TokenSource = linkedToken(room),
): ChatTag | null {
  if (customElements.get(tag) === undefined) return refuse(words.notLoaded);
  const chat = document.createElement(tag);
  if (!isChat(chat)) return refuse(words.notLoaded);
  chat.setAttribute("room", room);
  chat.setAttribute("lang", words.lang);
  if (source.token !== null) Object.assign(chat, { token: source.give });
  window.addEventListener("pagehide", () => {
    if (isUnknown(chat)) source.forget();
  });
  find("#chat", HTMLElement).append(chat);
  return chat;
}

function tokenOfLink(): string | null {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
  /* A link that is opened where its page already is loads nothing by itself. */
  window.addEventListener("hashchange", () => {
    if (new URLSearchParams(location.hash.slice(1)).has("token")) location.reload();
  });
  return fragment.get("token") || null;
}

/** A token that the server does not believe would be no better after a reload: without it, one comes in as a guest. */
function isUnknown({ model }: ChatTag): boolean {
  return model?.connection.state === "refused" && model.connection.code === closeCodes.unauthorised;
}

/** A page in the language that its chat speaks. */
export function speak({ lang, dir }: Pick<PageWords, "lang" | "dir">): void {
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
