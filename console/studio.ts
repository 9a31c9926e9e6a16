import { loadStudioWords } from "@chorus/elements/words/studio-words.ts";
import { followChat } from "./chat-settings.ts";
import { languageOf, linkedToken, openChat, roomOfPath, speak } from "./chat-tag.ts";
import { find, setText } from "./element.ts";
import { mediaPlace } from "./picture.ts";
import { keepInSight } from "./room-left.ts";
import { applyLook, lookFrom } from "./room-look.ts";
import { summaryOf, unheard } from "./room-phase.ts";
import type { Ingest } from "./studio-broadcast.ts";
import { createCapture } from "./studio-capture.ts";
import { createQuestion } from "./studio-confirm.ts";
import { createDeck } from "./studio-deck.ts";
import type { DeviceTrouble } from "./studio-device-trouble.ts";
import type { Source } from "./studio-devices.ts";
import { createEncoderPanel } from "./studio-encoder.ts";
import { createHealthPanel } from "./studio-health-panel.ts";
import { type Asked, createIngestApi, type IngestApi, type Refusal } from "./studio-ingest.ts";
import { forbidden, phaseOf } from "./studio-phase.ts";
import { createSettingsPanel } from "./studio-settings.ts";
import type { SendFailure, Session } from "./studio-session.ts";
import { createStage } from "./studio-stage.ts";
import { sentencesOf } from "./studio-troubles.ts";
import { keepAwake } from "./studio-awake.ts";
import { nameParts, showTabs } from "./studio-parts.ts";
import { createWhip, type Whip } from "./studio-whip.ts";

/** Where a host goes live: what is sent stands here, and what the server says of it, with the room's chat beside it. */
const askMs = 2_000;
const tellMs = 500;
const saidMs = 6_000;
const bitsPerSecondMax = 2_500_000;
const rare: ReadonlySet<SendFailure> = new Set(["busy", "codec", "refused"]);
const idle: Session = { phase: "idle" };

const room = roomOfPath(location.pathname);
const query = new URLSearchParams(location.search);
const words = await loadStudioWords(languageOf(query));
speak(words);
nameParts(words, room);
showTabs();
const source = linkedToken(room);
const chat = openChat(room, words, source);
const look = lookFrom(query);
applyLook(look, chat);
followChat(look);
if (chat !== null) keepInSight(chat);

let ingest: Ingest | null = null;
let heardAt = 0;
let sendingSince = 0;
let blocked: "no-media" | "no-token" | null = source.token === null ? "no-token" : null;
let refusal: Refusal | null = null;
let device: DeviceTrouble | null = null;
let gone: Source | null = null;
let whip: Whip | null = null;
let api: IngestApi | null = null;
let saidTimer: ReturnType<typeof setTimeout> | undefined;

const capture = createCapture({
  changed: captured,
  trouble(trouble) {
    device = trouble;
    if (trouble === null) gone = null;
    tell();
  },
  gone(of) {
    gone = of;
  },
});
const stage = createStage(room, words, source.give);
const health = createHealthPanel(words);
const settings = createSettingsPanel(words.duration, (changed) => keepSettings(changed));
const encoder = createEncoderPanel(words, {
  makeKey: async () => heard(await (api?.makeKey() ?? notYet())),
  mayReplace: () => keyQuestion.ask(),
  said: say,
  refused: ({ detail }) => say(detail ?? words.refusal.refused),
});
const stopQuestion = createQuestion("#confirm-stop");
const keyQuestion = createQuestion("#confirm-key");
const deck = createDeck(words, capture, { goLive, stop: () => void stop() });

tell();
setInterval(tell, tellMs);
window.addEventListener("beforeunload", (event) => {
  if (isSending()) event.preventDefault();
});
if (blocked === null) await open();

async function open(): Promise<void> {
  const media = await mediaPlace();
  if (media === null) {
    blocked = "no-media";
    return tell();
  }
  api = createIngestApi({ media, room, token: source.give });
  await ask();
  setInterval(() => void ask(), askMs);
}

async function ask(): Promise<void> {
  if (api === null) return;
  const before = ingest;
  const askedAt = performance.now();
  const asked = heard(await api.read());
  if (asked.ok) take(asked.value);
  else refusal = asked.refusal;
  if (before !== null && asked.ok) compare(before.state, asked.value.state, askedAt);
  tell();
}

/** The server notices sooner than a browser that nothing comes through, and alone knows of another host's stop. */
function compare(before: Ingest["state"], state: Ingest["state"], askedAt: number): void {
  if (state === "ended" && isOn(before) && isSending()) whip?.end("ended");
  if (state === "interrupted" && whip?.session.phase === "sending" && askedAt > sendingSince) whip.lost();
}

function take(value: Ingest): void {
  ingest = value;
  heardAt = performance.now();
  refusal = null;
}

/** What any answer says of who asks. */
function heard<Value>(asked: Asked<Value>): Asked<Value> {
  if (!asked.ok && asked.refusal !== "refused") refusal = asked.refusal;
  return asked;
}

function notYet(): Asked<never> {
  return { ok: false, refusal: "offline", detail: null };
}

function goLive(): void {
  if (api === null || ingest === null || capture.source === null) return;
  const { iceServers } = api;
  whip ??= createWhip({
    url: ingest.whip,
    token: source.give,
    iceServers,
    forbids,
    bitsPerSecondMax,
    changed: sessionChanged,
  });
  whip.send(capture.tracks);
}

/** @param detail what the server says of a refusal, in English: more than this page knows of those that are rare. */
function sessionChanged(session: Session, detail: string | null): void {
  if (session.phase === "failed" && rare.has(session.failure) && detail !== null) say(detail);
  keepAwake(session.phase !== "idle" && session.phase !== "failed");
  if (session.phase === "sending") sendingSince = performance.now();
  if (session.phase === "sending" || session.phase === "failed") void ask();
  tell();
}

async function forbids(): Promise<SendFailure | null> {
  await ask();
  return refusal !== null || ingest === null ? null : forbidden(ingest);
}

async function stop(): Promise<void> {
  if (ingest !== null && isOn(ingest.state)) {
    if (!(await stopQuestion.ask())) return;
    whip?.stop();
    const asked = heard(await (api?.stop() ?? notYet()));
    if (!asked.ok) say(words.stopFailed(ingest.settings.graceSeconds));
  } else whip?.stop();
  await ask();
}

async function keepSettings(changed: Partial<Ingest["settings"]>): Promise<void> {
  const asked = heard(await (api?.change(changed) ?? notYet()));
  if (asked.ok) take(asked.value);
  say(asked.ok ? words.saved : (asked.detail ?? words.refusal[asked.refusal]));
}

function captured(): void {
  if (isSending() && capture.source !== null) whip?.send(capture.tracks);
  tell();
}

function isSending(): boolean {
  const phase = whip?.session.phase ?? "idle";
  return phase === "sending" || phase === "connecting" || phase === "waiting";
}

function isOn(state: Ingest["state"]): boolean {
  return state === "live" || state === "interrupted";
}

/** Writes all that is known where it stands; what is the same as before stays untouched. */
function tell(): void {
  const summary = summaryOf(room, chat?.model?.room ?? unheard);
  const session = whip?.session ?? idle;
  const now = ingest === null ? 0 : ingest.now + performance.now() - heardAt;
  const phase = phaseOf(ingest, session, now);
  const own = session.phase === "sending";
  const ready = api !== null && ingest !== null && refusal !== "not-host";
  setText(find("#title", HTMLElement), summary.title);
  document.title = words.titled(summary.title);
  deck.show(phase, session, { send: ready, takeOver: ingest?.settings.secondPublisher === "take-over" });
  stage.show(capture, ingest?.state === "live" && !isSending());
  setText(find("#viewers", HTMLElement), phase.at === "live" ? watching(summary.viewers) : "");
  for (const id of ["#encoder", "#settings"]) find(id, HTMLElement).hidden = !ready;
  if (ingest !== null) {
    health.show(ingest, own);
    encoder.show(ingest);
    settings.show(ingest.settings);
  }
  const noRoom = summary.phase === "none";
  alarm(
    sentencesOf({ blocked, refusal, noRoom, session, state: ingest?.state ?? null, device, gone }, words),
  );
}

function watching(count: number): string {
  return count === 0 ? "" : words.watching(count);
}

function alarm(sentences: readonly string[]): void {
  const place = find("#alarm", HTMLElement);
  if ([...place.children].map(({ textContent }) => textContent).join("\n") === sentences.join("\n")) return;
  place.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
}

function say(sentence: string): void {
  const said = find("#said", HTMLElement);
  setText(said, sentence);
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => setText(said, ""), saidMs);
}
