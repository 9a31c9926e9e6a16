import type { Broadcast } from "./broadcast.ts";
import type { SessionView } from "./session-view.ts";

/** A broadcast that is live in all ways. */
export function aBroadcast(differently: Partial<Broadcast> = {}): Broadcast {
  return {
    room: "demo",
    state: "live",
    since: 1_000_000,
    now: 1_060_000,
    video: true,
    audio: true,
    paths: {
      whep: "https://media.example/s/rooms/demo/whep",
      hls: "https://media.example/s/rooms/demo/hls/index.m3u8",
      audio: "https://media.example/s/rooms/demo/hls/audio.m3u8",
      dvr: null,
    },
    lowLatency: true,
    partMs: 200,
    expires: 1_360_000,
    iceServers: [],
    poster: null,
    ...differently,
  };
}

/** Somebody who sees it. */
export function aView(differently: Partial<SessionView> = {}): SessionView {
  return {
    broadcast: aBroadcast(),
    trouble: null,
    path: "hls",
    wanted: true,
    motion: "moving",
    sound: "on",
    failure: null,
    rewound: false,
    ...differently,
  };
}
