import type { StudioWords } from "@chorus/elements/words/studio-words.ts";
import { find, setText } from "./element.ts";
import type { Capture } from "./studio-capture.ts";
import { type Device, listDevices, type Source, sources, watchDevices } from "./studio-devices.ts";
import { type LevelMeter, openLevel } from "./studio-level.ts";
import type { StudioPhase } from "./studio-phase.ts";
import type { Session } from "./studio-session.ts";

/** The buttons of a broadcast: what to send, going live and stopping, the microphone and the choice of devices. */
export type Deck = {
  show(phase: StudioPhase, session: Session, may: May): void;
};

/** What the server lets whoever is here do. */
export type May = {
  readonly send: boolean;
  /** Who is on the air gives way. */
  readonly takeOver: boolean;
};

const levelMs = 100;

export function createDeck(
  words: StudioWords,
  capture: Capture,
  act: { goLive(): void; stop(): void },
): Deck {
  const goLive = find("#go-live", HTMLButtonElement);
  const stop = find("#stop", HTMLButtonElement);
  const mute = find("#mute", HTMLButtonElement);
  const level = find("#level", HTMLMeterElement);
  const choices = {
    camera: find("#camera", HTMLSelectElement),
    microphone: find("#microphone", HTMLSelectElement),
  };
  const buttons = [...document.querySelectorAll<HTMLButtonElement>("#sources button")];
  let measured: { track: MediaStreamTrack; meter: LevelMeter | null } | null = null;
  let listed: Source | null = null;

  for (const button of buttons) button.addEventListener("click", () => choose(button));
  for (const kind of ["camera", "microphone"] as const)
    choices[kind].addEventListener("change", () => void capture.use(kind, choices[kind].value));
  goLive.addEventListener("click", act.goLive);
  stop.addEventListener("click", act.stop);
  mute.addEventListener("click", () => {
    capture.mute(!capture.muted);
    showMute();
  });
  watchDevices(() => void list());
  setInterval(() => {
    level.value = capture.muted ? 0 : (measured?.meter?.level() ?? 0);
  }, levelMs);
  showMute();

  function choose(button: HTMLButtonElement): void {
    const source = sources.find((one) => one === button.value);
    if (source !== undefined) void capture.choose(source);
  }

  function showMute(): void {
    setText(mute, capture.muted ? words.unmute : words.mute);
    mute.classList.toggle("danger", capture.muted);
    find("#muted", HTMLElement).hidden = !capture.muted;
  }

  async function list(): Promise<void> {
    const { cameras, microphones } = await listDevices();
    const { video, audio } = capture.tracks;
    offer(choices.camera, cameras, video);
    offer(choices.microphone, microphones, audio);
  }

  function measure(track: MediaStreamTrack | null): void {
    if (measured?.track === track) return;
    measured?.meter?.close();
    measured = track === null ? null : { track, meter: openLevel(track) };
  }

  function showCapture(): void {
    const { source, tracks } = capture;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === source));
    measure(tracks.audio);
    find("#sound", HTMLElement).hidden = tracks.audio === null;
    find("#devices", HTMLElement).hidden = source === null;
    find("#camera-choice", HTMLElement).hidden = source !== "camera";
    if (listed !== source) void list();
    listed = source;
  }

  function showGoing(phase: StudioPhase, session: Session, may: May): void {
    const sends = session.phase !== "idle" && session.phase !== "failed";
    const isOn = phase.at === "live" || phase.at === "interrupted" || phase.at === "reconnecting";
    const held = phase.at === "ended" && phase.seconds > 0;
    swap(goLive, sends, stop);
    goLive.disabled = !may.send || capture.source === null || held;
    setText(goLive, goingOf(phase, may, words));
    stop.hidden = !(may.send && (sends || isOn));
  }

  return {
    show(phase, session, may) {
      showCapture();
      showGoing(phase, session, may);
      const badge = find("#phase", HTMLElement);
      setText(badge, words.phase[phase.at]);
      badge.dataset["phase"] = phase.at;
      setText(find("#phase-time", HTMLElement), timeOf(phase, words));
    },
  };
}

/** Whoever has pressed it goes on where the other one is now. */
function swap(button: HTMLButtonElement, away: boolean, to: HTMLButtonElement): void {
  if (button.hidden === away) return;
  const focused = document.activeElement === button;
  button.hidden = away;
  if (away && focused) {
    to.hidden = false;
    to.focus();
  }
}

function goingOf(phase: StudioPhase, { takeOver }: May, words: StudioWords): string {
  if (phase.at === "ended" && phase.seconds > 0) return words.goLiveIn(phase.seconds);
  if (phase.at === "interrupted") return words.goOn;
  return phase.at === "live" && takeOver ? words.goLiveInstead : words.labels.goLive;
}

function timeOf(phase: StudioPhase, words: StudioWords): string {
  switch (phase.at) {
    case "live":
      return words.liveFor(words.timecode(phase.seconds));
    case "interrupted":
    case "reconnecting":
      return words.endsIn(phase.seconds);
    default:
      return "";
  }
}

function offer(select: HTMLSelectElement, devices: readonly Device[], used: MediaStreamTrack | null): void {
  const id = used?.getSettings().deviceId ?? select.value;
  select.replaceChildren(...devices.map(({ id, name }) => new Option(name, id)));
  if (devices.some((one) => one.id === id)) select.value = id;
  select.disabled = devices.length < 2;
}
