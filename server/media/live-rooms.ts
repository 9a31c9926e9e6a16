import { existsSync } from "node:fs";
import { join } from "node:path";
import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import { type LimitName, limits } from "@chorus/protocol/limits.ts";
import { type Clock, every } from "../clock.ts";
import { createFlowMeter, type Flow } from "./broadcast/flow.ts";
import { createPublishers, type Publishers } from "./broadcast/publishers.ts";
import type { MediaStore } from "./broadcast/store.ts";
import { createOrigin, type Origin } from "./hls/origin.ts";
import { openRecording, type Recording } from "./hls/recording.ts";
import type { Thumbnails } from "./ingest/thumbnails.ts";
import type { Showing } from "./http/broadcast-route.ts";
import type { Publication } from "./webrtc/engine.ts";

export type LiveRoomsOptions = {
  readonly store: MediaStore;
  readonly clock: Clock;
  /** Where recordings are. */
  readonly folder: string;
  readonly partMs: number;
  /** Null: there are no thumbnails. */
  readonly thumbnails: Thumbnails | null;
  reached(limit: LimitName): void;
  /** Of one room, for its host and the operator. */
  said(room: RoomId, sentence: string): void;
  /** An encoder begins. */
  came(room: RoomId): void;
  storeFailed(sentence: string): void;
};

/** What is shown in rooms: each broadcast with its encoder at one end and its files at the other. */
export type LiveRooms = {
  readonly publishers: Publishers;
  /** Of what is live, or was last; null where nothing is to be seen. */
  originOf(room: RoomId): Origin | null;
  /** How the encoder of a room is doing. */
  flowOf(room: RoomId): Flow | null;
  /** The encoder that is live by WebRTC. */
  publicationOf(room: RoomId): Publication | null;
  publishes(room: RoomId, publication: Publication): void;
  showing(room: RoomId): Showing;
  /** How many encoders are on the air. */
  live(): number;
  /** A thumbnail by its name; null where it is not the newest any more. */
  posterOf(room: RoomId, name: string): Uint8Array | null;
  close(): void;
};

type Shown = {
  readonly broadcast: string;
  readonly origin: Origin;
  readonly meter: ReturnType<typeof createFlowMeter>;
  askedAt: Time;
  poster: { readonly name: string; readonly jpeg: Uint8Array } | null;
};

/** Long parts go with long segments: as many of them in each. */
const segmentMsOf = (partMs: number): number => Math.max(1_000, Math.min(2_000, partMs * 5));

export function createLiveRooms(options: LiveRoomsOptions): LiveRooms {
  const { store, clock, folder, partMs } = options;
  const shown = new Map<RoomId, Shown>();
  const publications = new Map<RoomId, Publication>();
  /** Another one at each start of this program, so that a name never has two contents. */
  const started = clock.now().toString(36);
  let runs = 0;
  const publishers = createPublishers({
    store,
    clock,
    openSink(room, broadcast) {
      options.came(room);
      return open(room, broadcast).meter;
    },
    finishSink: (room, broadcast) => finish(room, broadcast),
    told: () => {},
    reached: options.reached,
    storeFailed: options.storeFailed,
  });
  const stops = [
    every(clock, limits.mediaPastIdleMs, forget),
    every(clock, limits.mediaThumbnailEveryMs, drawPosters),
  ];

  function open(room: RoomId, broadcast: string): Shown {
    const before = shown.get(room);
    if (before?.broadcast === broadcast && !before.origin.isOver()) return before;
    const records = publishers.settingsOf(room).record;
    return show(room, broadcast, originFor(room, records ? recordingOf(room, broadcast) : null, null));
  }

  function show(room: RoomId, broadcast: string, origin: Origin): Shown {
    const one: Shown = {
      broadcast,
      origin,
      meter: createFlowMeter(origin.sink, clock),
      askedAt: clock.now(),
      poster: null,
    };
    shown.set(room, one);
    return one;
  }

  function originFor(room: RoomId, recording: Recording | null, overAt: Time | null): Origin {
    runs += 1;
    return createOrigin({
      clock,
      partMs,
      segmentMs: segmentMsOf(partMs),
      run: `${started}${runs.toString(36)}x`,
      recording,
      overAt,
      /* By WebRTC they are asked for, and no host can do anything about it. */
      keyFramesFar: () => publications.has(room) || options.said(room, keyFramesFar),
      reached: options.reached,
    });
  }

  function recordingOf(room: RoomId, broadcast: string): Recording {
    return openRecording(join(folder, room, broadcast), (sentence) => options.said(room, sentence));
  }

  function finish(room: RoomId, broadcast: string): void {
    const one = shown.get(room);
    if (one?.broadcast === broadcast) one.origin.finish();
  }

  /** Of a broadcast that this process has not shown there is its recording, if it was recorded. */
  function originOf(room: RoomId): Origin | null {
    const now = clock.now();
    const known = shown.get(room);
    if (known !== undefined) {
      known.askedAt = now;
      return known.origin;
    }
    const last = publishers.broadcastOf(room);
    if (last.phase === "off" || !existsSync(join(folder, room, last.id, "index.jsonl"))) return null;
    if (last.phase !== "ended") return open(room, last.id).origin;
    return show(room, last.id, originFor(room, recordingOf(room, last.id), last.ended)).origin;
  }

  /** What is over and not asked for any more is read again when it is. */
  function forget(): void {
    const now = clock.now();
    for (const [room, { origin, askedAt }] of shown)
      if (origin.isOver() && now - askedAt >= limits.mediaPastIdleMs) shown.delete(room);
  }

  function drawPosters(): void {
    for (const [room, one] of shown) {
      const newest = one.origin.isOver() ? null : one.origin.newest();
      if (newest === null) continue;
      options.thumbnails?.make(room, [newest.init, ...newest.segment], (jpeg) => {
        if (jpeg !== null) one.poster = { name: `poster-${clock.now().toString(36)}.jpg`, jpeg };
      });
    }
  }

  function publishes(room: RoomId, publication: Publication): void {
    publications.set(room, publication);
    publication.onState((state) => {
      if (state !== "failed" && state !== "closed") return;
      if (publications.get(room) === publication) publications.delete(room);
    });
  }

  function showing(room: RoomId): Showing {
    const broadcast = publishers.broadcastOf(room);
    const origin = originOf(room);
    const tracks = origin?.tracks() ?? null;
    const publication = publications.get(room) ?? null;
    return {
      state: broadcast.phase,
      since: broadcast.phase === "off" ? null : broadcast.began,
      video: tracks?.video != null || publication?.video === true,
      audio: tracks?.audio != null || publication?.audio === true,
      webrtc: broadcast.phase === "live" && publication?.state === "connected",
      segments: origin !== null,
      lowLatency: publishers.settingsOf(room).lowLatency,
      poster: shown.get(room)?.poster?.name ?? null,
    };
  }

  function posterOf(room: RoomId, name: string): Uint8Array | null {
    const poster = shown.get(room)?.poster ?? null;
    return poster?.name === name ? poster.jpeg : null;
  }

  return {
    publishers,
    originOf,
    flowOf: (room) => shown.get(room)?.meter.flow() ?? null,
    publicationOf: (room) => publications.get(room) ?? null,
    publishes,
    showing,
    live: () => [...shown.values()].filter(({ meter }) => meter.flow() !== null).length,
    posterOf,
    close() {
      for (const stop of stops) stop();
      publishers.close();
    },
  };
}

const keyFramesFar =
  "The encoder sends a key frame less than every few seconds, so viewers start late and cannot jump: set its key-frame interval to 1 or 2 seconds.";
