import {
  type AlignedLane,
  createAlignment,
  type Picture,
  type Sight,
} from "@chorus/core/playback/alignment.ts";
import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { ChorusRoom, Shown } from "@chorus/sdk/client.ts";
import { loadPage } from "./history-page.ts";
import { keyOf } from "./message-key.ts";
import { isOwn } from "./message-row.ts";
import type { Model } from "./model.ts";
import type { PictureClock } from "./picture-clock.ts";
import { createReplay, type Replay, type ReplayPlace } from "./replay.ts";

/** A chat beside a picture that is behind: of what was said, that which was said up to the picture's moment. */
export type BesidePicture = {
  /** What is to be seen now, in the order in which it came to be seen; the same object while that is the same. */
  messages(): readonly Shown[];
  /** Whether something that is no longer in the room's list may be seen, as it was when `messages` was asked last. */
  isDue(message: Shown): boolean;
  /** Something was said: it is told when it is seen, and never if it is removed before. @returns true: whoever asks is not to tell it. */
  heard(message: Shown): true;
  /** The moment that the person has before their eyes, for what they say now. Nothing where there is no picture. */
  at(): { at?: Time };
};

export type BesideHost = {
  readonly model: {
    readonly you: Model["you"];
    readonly room: Pick<ChorusRoom, "id" | "messages" | "on" | "settings">;
  } | null;
  readonly clock: PictureClock | null | undefined;
  /** This, while it is what the chat is shown by. */
  readonly beside: BesidePicture | null;
  readonly isConnected: boolean;
  now(): number;
  repaint(): void;
  /** Reads from the server's API. */
  ask(path: string): Promise<Response>;
};

type Entry = {
  readonly id: string;
  readonly at: number;
  readonly seq: number;
  readonly lane: AlignedLane;
  readonly message: Shown;
};

/** Where there is no picture nothing tells when one comes. */
const lookMs = 250;
/** Where more come into sight within the next second, several are painted at once. */
const calmPerSecond = 10;
const busyMs = 200;
/** A picture that was never live is one that opens, unless it is of longer ago. */
const openingMs = 30_000;
/** Of a moment at which the room's own list holds fewer, what was said before is asked for. */
const enoughMessages = 30;

/** @param seen is told of what others said, once each, when it is first seen. */
export function createBesidePicture(host: BesideHost, seen: (message: Shown) => void): BesidePicture {
  let alignment = createAlignment();
  let { model } = host;
  let asOf: number | null = null;
  let wasLive = false;
  let list: readonly Shown[] = [];
  /** What waits, and what was removed while it did: of that nobody sees a trace. */
  let waiting = new Set<string>();
  const unseen = new Map<string, Shown>();
  /** Made when somebody goes back to where the room's own list does not reach. */
  let past: { readonly replay: Replay; readonly since: number } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function messages(): readonly Shown[] {
    if (host.model !== model) begin();
    const picture = pictureNow();
    const all = entriesAt(picture);
    const entries = all.filter(({ id, message }) => message.removed === null || !waiting.has(id));
    const mode = model?.room.settings?.alignChat === false ? "live" : "aligned";
    const sight = alignment.look(entries, { now: host.now(), mode, picture });
    ({ asOf } = sight);
    const shown = new Set(sight.shown.map(({ id }) => id));
    waiting = new Set(all.flatMap(({ id }) => (shown.has(id) ? [] : [id])));
    tell(sight);
    lookAgain(Math.max(sight.nextMs ?? lookMs, isBusy(entries) ? busyMs : 0));
    if (!isSame(sight.shown)) list = sight.shown.map(({ message }) => message);
    return list;
  }

  /** What there is to be seen: the room's own list, and what was said around a moment that it does not reach. */
  function entriesAt(picture: Picture | null): readonly Entry[] {
    const list = model?.room.messages ?? [];
    if (model === null || picture === null || !picture.rewound) past = null;
    else if (past === null && !isEnough(list, picture.wall))
      past = { replay: replayOf(model.room), since: host.now() };
    const own = list.map(entryOf);
    if (past === null || picture === null) return own;
    const known = new Set(own.map(({ id }) => id));
    const before = past.replay.around(picture.wall).map(entryOf);
    return [...before.filter(({ id }) => !known.has(id)), ...own];
  }

  function replayOf(room: Pick<ChorusRoom, "id" | "on">): Replay {
    const load = (place: ReplayPlace) => loadPage(host, room.id, place);
    const replay = createReplay(
      load,
      () => host.now(),
      () => host.repaint(),
    );
    room.on("removed", ({ id, removal }) => replay.removed(id, removal));
    room.on("edited", ({ id, text, edited }) => replay.edited(id, text, edited));
    return replay;
  }

  function isBusy(entries: readonly Entry[]): boolean {
    const until = (asOf ?? 0) + 1_000;
    return entries.filter(({ id, at }) => at <= until && waiting.has(id)).length > calmPerSecond;
  }

  /** Another room, or the same one anew. */
  function begin(): void {
    ({ model } = host);
    alignment = createAlignment();
    waiting = new Set();
    unseen.clear();
    past = null;
  }

  function pictureNow(): Picture | null {
    const { clock } = host;
    const wall = clock?.now()?.wall ?? null;
    if (!clock || wall === null) return null;
    const { live } = clock;
    wasLive ||= live;
    return { wall, rewound: !live && (wasLive || host.now() - wall > openingMs) };
  }

  function entryOf(message: Shown): Entry {
    const { at, time: said, seq } = message;
    return { id: keyOf(message), at: at ?? said, seq: seq ?? Infinity, lane: laneOf(message), message };
  }

  /** What staff and the person say now is seen now; what they said then belongs to its moment. */
  function laneOf(message: Shown): AlignedLane {
    if (past !== null && message.time < past.since) return "ordinary";
    if (isOwn({ model }, message)) return "own";
    return message.role === "host" || message.role === "moderator" ? "staff" : "ordinary";
  }

  /* Not while the list is drawn: who is told has something to paint. */
  function tell({ shown }: Sight<Entry>): void {
    if (unseen.size === 0) return;
    for (const { id, message } of shown)
      if (unseen.delete(id) && message.removed === null) queueMicrotask(() => seen(message));
    for (const id of unseen.keys()) if (!waiting.has(id)) unseen.delete(id);
  }

  function isSame(shown: readonly Entry[]): boolean {
    return shown.length === list.length && shown.every(({ message }, place) => message === list[place]);
  }

  function lookAgain(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      /* Whoever is shown again is painted, and then this begins anew. */
      if (host.beside === null || !host.isConnected || host.model === null) return;
      const before = list;
      if (messages() !== before) host.repaint();
    }, ms);
  }

  return {
    messages,
    isDue: (message) =>
      asOf === null || (message.at ?? message.time) <= asOf || laneOf(message) !== "ordinary",
    heard(message) {
      unseen.set(keyOf(message), message);
      const [first] = unseen.keys();
      if (unseen.size > limits.alignWithheldMax && first !== undefined) unseen.delete(first);
      return true;
    },
    at() {
      const picture = pictureNow();
      return picture === null ? {} : { at: time(Math.round(picture.wall)) };
    },
  };
}

/** A list that holds little of a moment may hold all that there was; asking tells. */
function isEnough(list: readonly Shown[], wall: number): boolean {
  return list.filter(({ at, time: said }) => (at ?? said) <= wall).length >= enoughMessages;
}
