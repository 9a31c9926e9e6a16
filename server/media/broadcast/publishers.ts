import { randomBytes } from "node:crypto";
import type { RoomId, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { unreachable } from "@chorus/core/unreachable.ts";
import { createAddressBudget } from "../../api/address-budget.ts";
import { type Clock, every } from "../../clock.ts";
import { addressKey } from "../../identity/client-address.ts";
import type { SampleSink } from "../samples.ts";
import {
  type Broadcast,
  type BroadcastEffect,
  type BroadcastId,
  type BroadcastInput,
  broadcastOff,
  type PublisherId,
  restoredBroadcast,
  stepBroadcast,
} from "./broadcast.ts";
import { believed, type KeyName, nameOf, newStreamKey, rotated } from "./keys.ts";
import { guardedSink } from "./guarded-sink.ts";
import { type MediaStore, type RoomMedia, roomMediaDefaults } from "./store.ts";

export type PublisherKind = "srt" | "rtmp" | "whip";

/** An encoder at the door. */
export type Caller = {
  readonly room: RoomId;
  readonly kind: PublisherKind;
  /** Where it comes from, as far as that is known: wrong keys are counted by it. */
  readonly address: string;
  /** The stream key that it showed; null where who it is has been proven otherwise: SRT's passphrase, a token that may broadcast. */
  readonly key: string | null;
  /** It is not wanted any more: whoever let it in ends its connection, and says why. Called at most once, never within `admit`. */
  dismiss(sentence: string): void;
};

export type Admission =
  | {
      readonly ok: true;
      readonly broadcast: BroadcastId;
      /** Whether the broadcast had begun before: it came back, or took over. */
      readonly continues: boolean;
      /** Takes nothing more once the encoder has been dismissed or has ended. */
      readonly sink: SampleSink;
      /** The connection is over, whatever for. After a dismissal it changes nothing. */
      ended(): void;
    }
  /** `key`: it does not know the room's key; `pace`: too many wrong keys came from there; `room`: not now; `store`: the server is not able to. */
  | { readonly ok: false; readonly reason: "key" | "pace" | "room" | "store"; readonly sentence: string };

/** The one entrance for encoders, whatever they speak, and what becomes of each room's broadcast. */
export type Publishers = {
  admit(caller: Caller): Admission;
  broadcastOf(room: RoomId): Broadcast;
  /** Which way the encoder that is on the air came in. */
  liveKind(room: RoomId): PublisherKind | null;
  /** The host ends the broadcast. False: there was none. */
  stop(room: RoomId): boolean;
  /** A new stream key, to be shown once. Whoever sends with one of before is dismissed at once, or after `overlapMs`. */
  rotateKey(room: RoomId, overlapMs: number): string;
  settingsOf(room: RoomId): RoomMedia;
  /** Counts for what happens from now on: a grace that runs is not changed. */
  setSettings(room: RoomId, settings: RoomMedia): void;
  /** Ends every connection; broadcasts stay as a restart may find them. */
  close(): void;
};

export type PublishersOptions = {
  readonly store: MediaStore;
  readonly clock: Clock;
  /** Called once for each broadcast, and again for one that a restart met when its encoder comes back. */
  openSink(room: RoomId, broadcast: BroadcastId): SampleSink;
  /** Nothing is added to the broadcast any more. Called too for one whose sink this process never opened. */
  finishSink(room: RoomId, broadcast: BroadcastId): void;
  told(room: RoomId, broadcast: Broadcast): void;
  /** A bound of this name was reached. */
  reached(limit: "mediaAddressesMax" | "mediaKeyTriesBurst" | "mediaRoomsMax"): void;
  /** The file of rooms cannot be used at the moment. */
  storeFailed(sentence: string): void;
};

type Publisher = {
  readonly id: PublisherId;
  readonly caller: Caller;
  readonly key: KeyName | null;
  readonly cut: () => void;
};
type Room = {
  broadcast: Broadcast;
  publisher: Publisher | null;
  sink: SampleSink | null;
  callOff: () => void;
};

export const refusals = {
  key: "This is not the stream key of this room: copy it again from the room's settings, or make a new one there.",
  noKey: "This room has no stream key yet: make one in the room's settings.",
  pace: "Too many wrong stream keys came from this address: wait a minute, then copy the key again.",
  full: "This server shows as many broadcasts as it can: try again when another one has ended.",
  store:
    "The server cannot read its stream keys at the moment: try again, and tell its operator if that does not help.",
} as const;
export const rotatedAway = "The stream key was replaced: enter the new one from the room's settings.";
const closing = "The server is restarting: the encoder may come back in a moment.";

export function createPublishers(options: PublishersOptions): Publishers {
  const { store, clock } = options;
  /** Only those that are live or wait for their encoder: the others are as the store has them. */
  const rooms = new Map<RoomId, Room>();
  const tries = createAddressBudget(
    {
      perSecond: limits.mediaKeyTriesPerMinute / 60,
      burst: limits.mediaKeyTriesBurst,
      addressesMax: limits.mediaAddressesMax,
    },
    () => options.reached("mediaAddressesMax"),
  );
  let publishers = 0;
  let closed = false;
  restore();
  const stopBeating = every(clock, limits.mediaAliveEveryMs, () => {
    for (const [name, room] of rooms)
      if (room.broadcast.phase === "live") attempt(() => store.seen(name, clock.now()), undefined);
  });

  function admit(caller: Caller): Admission {
    const refusal = refusalOf(caller);
    if (refusal !== null) return refusal;
    const room = roomOf(caller.room);
    const fresh = rooms.has(caller.room) || rooms.size < limits.mediaRoomsMax;
    if (!fresh) {
      options.reached("mediaRoomsMax");
      return { ok: false, reason: "room", sentence: refusals.full };
    }
    const id = `${caller.kind}-${++publishers}`;
    let admission: Admission = { ok: false, reason: "room", sentence: refusals.full };
    const effects = step(caller.room, room, {
      kind: "arrived",
      publisher: id,
      fresh: randomBytes(9).toString("base64url"),
      now: clock.now(),
    });
    for (const effect of effects) {
      if (effect.kind === "refuse") admission = { ok: false, reason: "room", sentence: effect.sentence };
      else if (effect.kind === "accept") admission = accepted(room, id, caller, effect);
      else carryOut(caller.room, room, effect);
    }
    return admission;
  }

  function refusalOf(caller: Caller): (Admission & { ok: false }) | null {
    const { key } = caller;
    if (key === null) return null;
    const now = clock.now();
    if (tries.spend(addressKey(caller.address), 0, now) > 0) {
      options.reached("mediaKeyTriesBurst");
      return { ok: false, reason: "pace", sentence: refusals.pace };
    }
    const keys = attempt(() => store.keys(caller.room), null);
    if (keys === null) return { ok: false, reason: "store", sentence: refusals.store };
    if (believed(keys, key, now) !== null) return null;
    tries.charge(addressKey(caller.address), 1, now);
    return { ok: false, reason: "key", sentence: keys.length === 0 ? refusals.noKey : refusals.key };
  }

  function accepted(
    room: Room,
    id: PublisherId,
    caller: Caller,
    { broadcast, continues }: BroadcastEffect & { kind: "accept" },
  ): Admission {
    room.sink ??= options.openSink(caller.room, broadcast);
    const { sink, cut } = guardedSink(room.sink);
    room.publisher = { id, caller, cut, key: keyNameOf(caller) };
    function ended(): void {
      cut();
      if (room.publisher?.id === id) room.publisher = null;
      happens(caller.room, { kind: "dropped", publisher: id, now: clock.now() });
    }
    return { ok: true, broadcast, continues, sink, ended };
  }

  function keyNameOf({ room, key }: Caller): KeyName | null {
    const kept =
      key === null
        ? null
        : believed(
            attempt(() => store.keys(room), []),
            key,
            clock.now(),
          );
    return kept === null ? null : nameOf(kept);
  }

  function happens(name: RoomId, input: BroadcastInput): void {
    const room = rooms.get(name);
    if (room === undefined) return;
    for (const effect of step(name, room, input)) carryOut(name, room, effect);
  }

  function step(name: RoomId, room: Room, input: BroadcastInput): readonly BroadcastEffect[] {
    const { state, effects } = stepBroadcast(room.broadcast, settingsOf(name), input);
    room.broadcast = state;
    if (state.phase === "live" || state.phase === "interrupted") rooms.set(name, room);
    else rooms.delete(name);
    return effects;
  }

  function carryOut(name: RoomId, room: Room, effect: BroadcastEffect): void {
    switch (effect.kind) {
      case "accept":
      case "refuse":
        return;
      case "dismiss":
        return dismiss(room, effect.sentence);
      case "tell":
        attempt(
          () => store.keepBroadcast({ room: name, broadcast: effect.broadcast, seen: clock.now() }),
          undefined,
        );
        return options.told(name, effect.broadcast);
      case "schedule":
        return schedule(name, room, effect.at);
      case "finish":
        room.sink = null;
        room.callOff();
        return options.finishSink(name, effect.broadcast);
      default:
        return unreachable(effect);
    }
  }

  /** Its connection is ended after this turn: whoever is in the middle of `admit` is not called back into. */
  function dismiss(room: Room, sentence: string): void {
    const publisher = room.publisher;
    if (publisher === null) return;
    room.publisher = null;
    publisher.cut();
    clock.soon(() => publisher.caller.dismiss(sentence));
  }

  function schedule(name: RoomId, room: Room, at: Time): void {
    room.callOff();
    if (closed) return;
    room.callOff = clock.after(Math.max(0, at - clock.now()), () =>
      happens(name, { kind: "due", now: clock.now() }),
    );
  }

  function roomOf(name: RoomId): Room {
    return (
      rooms.get(name) ?? {
        broadcast: attempt(() => store.lastOf(name), null)?.broadcast ?? broadcastOff,
        publisher: null,
        sink: null,
        callOff: () => {},
      }
    );
  }

  function restore(): void {
    for (const { room: name, broadcast, seen } of attempt(() => store.broadcasts(), [])) {
      if (broadcast.phase !== "live" && broadcast.phase !== "interrupted") continue;
      const next = restoredBroadcast(broadcast, settingsOf(name), seen);
      const room: Room = { broadcast: next, publisher: null, sink: null, callOff: () => {} };
      rooms.set(name, room);
      carryOut(name, room, { kind: "tell", broadcast: next });
      if (next.phase === "interrupted") schedule(name, room, next.until);
    }
  }

  function settingsOf(room: RoomId): RoomMedia {
    return attempt(() => store.settings(room), roomMediaDefaults);
  }

  function rotateKey(room: RoomId, overlapMs: number): string {
    const fresh = newStreamKey();
    const overlap = Math.max(0, Math.min(overlapMs, limits.mediaKeyOverlapMsMax));
    store.setKeys(room, rotated(store.keys(room), fresh, overlap, clock.now()));
    if (overlap === 0) dismissOutdated(room);
    else clock.after(overlap, () => dismissOutdated(room));
    return fresh;
  }

  /** The encoder of a key that is not believed any more; with the new one it may continue the broadcast. */
  function dismissOutdated(name: RoomId): void {
    const room = rooms.get(name);
    const publisher = room?.publisher ?? null;
    if (room === undefined || publisher === null || publisher.key === null) return;
    const now = clock.now();
    const stillKept = attempt(() => store.keys(name), []).some(
      (kept) => nameOf(kept) === publisher.key && (kept.until === null || kept.until > now),
    );
    if (stillKept) return;
    dismiss(room, rotatedAway);
    happens(name, { kind: "dropped", publisher: publisher.id, now });
  }

  /** The one place where a store that fails is met: broadcasts go on without it. */
  function attempt<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Error && "errcode" in error)) throw error;
      options.storeFailed(`The video rooms' file cannot be used (${error.message}): check the disk.`);
      return otherwise;
    }
  }

  return {
    admit,
    broadcastOf: (room) => roomOf(room).broadcast,
    liveKind: (room) => rooms.get(room)?.publisher?.caller.kind ?? null,
    stop(name) {
      if (!rooms.has(name)) return false;
      happens(name, { kind: "stopped", now: clock.now() });
      return true;
    },
    rotateKey,
    settingsOf,
    setSettings: (room, settings) => store.setSettings(room, settings),
    close() {
      closed = true;
      stopBeating();
      for (const room of rooms.values()) {
        room.callOff();
        dismiss(room, closing);
      }
    },
  };
}
