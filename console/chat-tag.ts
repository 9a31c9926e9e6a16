import type { ChorusRoom } from "@chorus/sdk/client.ts";
import { tabStorage } from "@chorus/sdk/browser.ts";
import { isRoomName } from "./address.ts";
import { find } from "./element.ts";
import { createTokenSource } from "./token-source.ts";

/** Of `<chorus-chat>` what these pages use. Which build of it is loaded is the server's affair. */
export type ChatTag = HTMLElement & { readonly model: { readonly room: ChorusRoom } | null };

const tag = "chorus-chat";
const loadError = "The chat could not be loaded. Reload the page to try again.";

/**
 * Puts the chat of a room into the page. The token of a link goes to the chat alone, and out of the address, so that nobody
 * shares it by accident.
 *
 * @returns null where there can be none; the page then says why.
 */
export function openChat(room: string): ChatTag | null {
  if (!isRoomName(room)) return refuse(`“${room}” is not the name of a room.`);
  if (customElements.get(tag) === undefined) return refuse(loadError);
  const chat = document.createElement(tag);
  if (!isChat(chat)) return refuse(loadError);
  const fragment = new URLSearchParams(location.hash.slice(1));
  const source = createTokenSource(fragment.get("token") || null, tabStorage(), () => Date.now());
  if (fragment.has("token")) history.replaceState(null, "", location.pathname + location.search);
  chat.setAttribute("room", room);
  const lang = new URLSearchParams(location.search).get("lang");
  if (lang !== null) chat.setAttribute("lang", lang);
  if (source.token !== null) Object.assign(chat, { token: source.give });
  find("#chat", HTMLElement).append(chat);
  return chat;
}

/** The last part of the address, as in `/rooms/demo`. */
export function roomOfPath(path: string): string {
  return path.split("/")[2] ?? "";
}

function isChat(element: HTMLElement): element is ChatTag {
  return "model" in element;
}

function refuse(why: string): null {
  const place = find("#no-chat", HTMLElement);
  place.textContent = why;
  place.hidden = false;
  return null;
}
