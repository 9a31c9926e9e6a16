import { type ChatTag, openChat, roomOfPath } from "./chat-tag.ts";
import { find, setText } from "./element.ts";
import { applyLook, type Look, lookFrom, plainLook, writtenLook } from "./room-look.ts";
import { viewersWords } from "./words.ts";

/** The page of a room: a place for the picture, and the chat, which is the only one that speaks to the server. */
const lookKey = "chorus:look";
const tellMs = 1_000;
const saidMs = 6_000;

const room = roomOfPath(location.pathname);
const chat = openChat(room);
const title = find("#title", HTMLElement);
const viewers = find("#viewers", HTMLElement);
const said = find("#said", HTMLElement);
const themeChoice = find("#theme", HTMLSelectElement);
const textChoice = find("#text", HTMLSelectElement);
const views = [
  { view: "theater", button: find("#theater", HTMLButtonElement) },
  { view: "focus", button: find("#focus", HTMLButtonElement) },
] as const;
let saidTimer: ReturnType<typeof setTimeout> | undefined;

look(lookFrom(new URLSearchParams(location.search), keptLook()));
for (const choice of [themeChoice, textChoice]) choice.addEventListener("change", chosen);
for (const { view, button } of views) button.addEventListener("click", () => toggle(view));
document.addEventListener("keydown", ({ key, defaultPrevented }) => {
  if (key === "Escape" && !defaultPrevented && document.documentElement.dataset["view"] === "theater")
    toggle("theater");
});
find("#share", HTMLButtonElement).addEventListener("click", () => void share());
tell(chat);
setInterval(() => tell(chat), tellMs);

/** The room's own title and how many watch: nothing while the number is old, or nobody is counted yet. */
function tell(from: ChatTag | null): void {
  const current = from?.model?.room;
  const name = current?.settings?.title || room;
  setText(title, name);
  document.title = `${name} · Chorus`;
  const isLive = current?.state === "live" || current?.state === "paused";
  const count = isLive ? (current.tally?.viewers ?? 0) : 0;
  setText(viewers, count === 0 ? "" : viewersWords(count));
}

function chosen(): void {
  const params = new URLSearchParams({ theme: themeChoice.value, text: textChoice.value });
  const wanted = lookFrom(params);
  look(wanted);
  try {
    localStorage.setItem(lookKey, writtenLook(wanted));
  } catch {
    // A page that may keep nothing looks the same until it is left.
  }
}

function look(wanted: Look): void {
  themeChoice.value = wanted.theme;
  textChoice.value = wanted.text;
  applyLook(wanted, chat);
}

function keptLook(): Look {
  try {
    return lookFrom(new URLSearchParams(localStorage.getItem(lookKey) ?? ""));
  } catch {
    return plainLook;
  }
}

function toggle(wanted: "theater" | "focus"): void {
  const { dataset } = document.documentElement;
  if (dataset["view"] === wanted) delete dataset["view"];
  else dataset["view"] = wanted;
  for (const { view, button } of views) button.ariaPressed = String(dataset["view"] === view);
}

/** The address alone: what stands behind it is this person's own. */
async function share(): Promise<void> {
  const url = location.origin + location.pathname;
  try {
    if (typeof navigator.share === "function")
      await navigator.share({ title: title.textContent ?? room, url });
    else {
      await navigator.clipboard.writeText(url);
      say("The link is copied.");
    }
  } catch (error) {
    // Who closes the system's dialog did not want to share after all.
    if (!(error instanceof DOMException && error.name === "AbortError")) say(`The link is ${url}`);
  }
}

function say(sentence: string): void {
  setText(said, sentence);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => setText(said, ""), saidMs);
}
