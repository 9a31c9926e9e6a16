import { loadPageWords } from "@chorus/elements/words/page-words.ts";
import { followChat } from "./chat-settings.ts";
import { languageOf, openChat, roomOfPath, speak } from "./chat-tag.ts";
import { find, setText } from "./element.ts";
import { showPicture } from "./picture.ts";
import { keepInSight } from "./room-left.ts";
import { applyLook, lookFrom } from "./room-look.ts";
import { type Phase, summaryOf, unheard } from "./room-phase.ts";
import { share } from "./share.ts";

/** The page of a room: the picture, where the server has one, and the chat, which alone knows of the room. */
type View = "both" | "theater" | "video" | "chat";

const tellMs = 500;
const saidMs = 6_000;

const room = roomOfPath(location.pathname);
const query = new URLSearchParams(location.search);
const words = await loadPageWords(languageOf(query));
const title = find("#title", HTMLElement);
const phase = find("#phase", HTMLElement);
const viewers = find("#viewers", HTMLElement);
const posterTitle = find("#poster-title", HTMLElement);
const posterLine = find("#poster-line", HTMLElement);
const said = find("#said", HTMLElement);
const buttons = [
  {
    view: "theater",
    button: find("#theater", HTMLButtonElement),
    on: words.theater,
    off: words.leaveTheater,
  },
  { view: "video", button: find("#no-chat", HTMLButtonElement), on: words.hideChat, off: words.showChat },
  { view: "chat", button: find("#chat-only", HTMLButtonElement), on: words.chatOnly, off: words.showVideo },
] as const;
let view: View = "both";
let saidTimer: ReturnType<typeof setTimeout> | undefined;

speak(words);
nameParts();
const chat = openChat(room, words);
const look = lookFrom(query);
applyLook(look, chat);
followChat(look);
if (chat !== null) keepInSight(chat);
void showPicture(find("#video", HTMLElement), room, words.lang, chat?.token).then((player) => {
  if (chat !== null && player !== null) chat.clock = player.clock;
});
for (const one of buttons) one.button.addEventListener("click", () => turn(one.view));
document.addEventListener("keydown", ({ key, defaultPrevented }) => {
  if (key === "Escape" && !defaultPrevented && view === "theater") turn("theater");
});
find("#share", HTMLButtonElement).addEventListener("click", () => void shareRoom());
turn("both");
tell();
setInterval(tell, tellMs);

function nameParts(): void {
  find("#video", HTMLElement).ariaLabel = words.video;
  find("#chat", HTMLElement).ariaLabel = words.chat;
  find("#tools", HTMLElement).ariaLabel = words.view;
  label(find("#share", HTMLButtonElement), words.share);
}

/** What the chat knows of the room, said around the picture. */
function tell(): void {
  const summary = summaryOf(room, chat?.model?.room ?? unheard);
  const shown = summary.current ? summary.phase : whileAway(summary.phase);
  setText(title, summary.title);
  title.title = summary.title;
  document.title = `${summary.title} · Chorus`;
  setText(phase, words.phase[shown]);
  phase.dataset["phase"] = shown;
  setText(posterTitle, words.phase[summary.phase]);
  setText(posterLine, words.poster[summary.phase]);
  const count = summary.viewers;
  setText(viewers, count === 0 || chat === null ? "" : chat.words.viewers(count));
  viewers.title = count === 0 || chat === null ? "" : words.viewersExactly(count);
}

/** A connection that is lost says nothing of the room; a room that lets nobody in needs none. */
function whileAway(last: Phase): Phase {
  return last === "none" || last === "refused" ? last : "connecting";
}

/** Every button leads to its view and back. */
function turn(pressed: View): void {
  view = pressed === view ? "both" : pressed;
  document.documentElement.dataset["view"] = view;
  for (const one of buttons) label(one.button, view === one.view ? one.off : one.on);
}

/** Small screens have room for the picture of a button alone; its words are then a hint, and its name all the same. */
function label(button: HTMLButtonElement, text: string): void {
  button.title = text;
  setText(button.querySelector("span") ?? button, text);
}

/** The address alone: what stands behind it is this person's own. */
async function shareRoom(): Promise<void> {
  const url = location.origin + location.pathname;
  const shared = await share(document.title, url);
  if (shared === "copied") say(words.linkCopied);
  if (shared === "told") say(words.linkIs(url));
}

function say(sentence: string): void {
  setText(said, sentence);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => setText(said, ""), saidMs);
}
