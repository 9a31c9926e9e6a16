import { loadPageWords } from "@chorus/elements/words/page-words.ts";
import { languageOf, openChat, roomOfPath, speak } from "./chat-tag.ts";
import { find } from "./element.ts";
import { applyLook, lookFrom } from "./room-look.ts";

/**
 * The chat alone, for frames on other pages. The page around it decides about colours and text size by the address, and is
 * told how high the chat would like to be: `{ chorus: "resize", room, height }`, in CSS pixels. Anybody may know that, so it
 * is sent to whichever page the frame is in.
 */
const room = roomOfPath(location.pathname);
const query = new URLSearchParams(location.search);
const words = await loadPageWords(languageOf(query));
speak(words);
document.title = words.chat;
applyLook(lookFrom(query), openChat(room, words));

if (window.parent !== window) {
  const observer = new ResizeObserver(([entry]) => {
    const height = Math.ceil(entry?.contentRect.height ?? 0);
    if (height > 0) window.parent.postMessage({ chorus: "resize", room, height }, "*");
  });
  observer.observe(find("#wanted", HTMLElement));
}
