import type { RoomState } from "@chorus/core/room/state.ts";
import { type RoomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { AppendOutcome, LogFailure, Loaded, Outcome, SnapshotAt } from "../log/log.ts";
import { createHost, laterAnswer, type RoomHost, snapshotParts, stateFrom } from "./room-host.ts";
import { answer, type KeeperState } from "./state.ts";
import { plan } from "./turns.ts";

/** Rooms come into memory when they are asked for, are read back after a failure of the log, and leave when idle. */
const pauseMsMin = 1_000;
const pauseMsMax = 10_000;

export function hostOf(keeper: KeeperState, room: RoomId): RoomHost {
  const known = keeper.hosts.get(room);
  if (known !== undefined) return known;
  const host = createHost(room, keeper.clock.now());
  keeper.hosts.set(room, host);
  if (keeper.hosts.size > limits.roomsLoadedMax) {
    keeper.observe.limit?.("roomsLoadedMax");
    unloadIdle(keeper, keeper.clock.now());
  }
  open(keeper, host);
  return host;
}

/**
 * Runs when the room's state is what the log holds: at once, after the append that is under way, or when loading has
 * ended; a null state then means that the room cannot be had now.
 */
export function withHost(keeper: KeeperState, room: RoomId, run: (host: RoomHost) => void): void {
  const host = hostOf(keeper, room);
  if (host.phase === "loading" || host.phase === "appending") host.waiting.push(() => run(host));
  else run(host);
}

/** The state has run ahead of the log: it is read back, and nothing is written for a while. */
export function failed(
  keeper: KeeperState,
  host: RoomHost,
  why: LogFailure | Exclude<AppendOutcome, "appended">,
): void {
  host.state = null;
  host.phase = "loading";
  const pauseMs = pause(
    keeper,
    host,
    typeof why === "string" ? `The log refused a record: ${why}.` : why.message,
  );
  const inputs = host.mailbox.splice(0);
  answer(
    keeper,
    inputs.map((input) => laterAnswer(input, "try-later", pauseMs)),
  );
  const lostRoom = why === "stale-fence" || why === "wrong-epoch";
  if (lostRoom) keeper.clock.after(pauseMs, () => open(keeper, host));
  else reload(keeper, host);
}

/** Of a large room part by part, slowly, with other things in between, unless it has to be done when this returns. */
export function saveSnapshot(keeper: KeeperState, host: RoomHost, how: "at once" | "in parts"): void {
  const { room, fence, state, phase, recordsSinceSnapshot } = host;
  if (state === null || phase !== "ready") return;
  if (host.saving ? how === "in parts" : recordsSinceSnapshot === 0) return;
  host.recordsSinceSnapshot = 0;
  const parts = snapshotParts(state);
  const at = { room, fence, offset: state.offset };
  if (how === "at once") return saveLast(keeper, host, at, 0, Buffer.concat([...parts]));
  host.saving = true;
  savePart(keeper, host, at, parts, 0, parts.next().value);
}

function savePart(
  keeper: KeeperState,
  host: RoomHost,
  at: SnapshotAt,
  parts: Generator<Uint8Array, undefined>,
  part: number,
  state: Uint8Array | undefined,
): void {
  if (state === undefined) return;
  const next = parts.next().value;
  if (next === undefined) return saveLast(keeper, host, at, part, state);
  keeper.log.saveSnapshotPart(at, part, state, (outcome) => {
    const goOn = (): void => {
      if (host.saving) savePart(keeper, host, at, parts, part + 1, next);
    };
    if (outcome.ok) return keeper.clock.after(limits.snapshotPartEveryMs, goOn);
    host.saving = false;
    keeper.observe.logFailed?.(at.room, outcome.failure.message);
  });
}

function saveLast(
  keeper: KeeperState,
  host: RoomHost,
  at: SnapshotAt,
  parts: number,
  state: Uint8Array,
): void {
  keeper.log.saveSnapshot(at, parts, state, (outcome) => {
    host.saving = false;
    if (!outcome.ok) keeper.observe.logFailed?.(at.room, outcome.failure.message);
  });
}

/** Rooms that nobody has used since `before`, and that no gateway follows. */
export function unloadIdle(keeper: KeeperState, before: number): void {
  for (const host of keeper.hosts.values()) {
    for (const [gateway, heardAt] of host.gateways) if (heardAt < before) host.gateways.delete(gateway);
    if (host.phase !== "ready" || host.gateways.size > 0 || host.usedAt >= before || host.mailbox.length > 0)
      continue;
    saveSnapshot(keeper, host, "in parts");
    keeper.hosts.delete(host.room);
  }
}

function open(keeper: KeeperState, host: RoomHost): void {
  keeper.log.open(host.room, (outcome) => {
    if (outcome.ok && outcome.value !== "no-such-room") host.fence = outcome.value.fence;
    loaded(keeper, host, outcome, open);
  });
}

/** Reads the room back without taking it over again, which a full disk would not allow. */
function reload(keeper: KeeperState, host: RoomHost): void {
  keeper.log.load(host.room, (outcome) => loaded(keeper, host, outcome, reload));
}

function loaded(
  keeper: KeeperState,
  host: RoomHost,
  outcome: Outcome<Loaded | "no-such-room">,
  again: (keeper: KeeperState, host: RoomHost) => void,
): void {
  if (!outcome.ok) {
    const pauseMs = pause(keeper, host, outcome.failure.message);
    keeper.clock.after(pauseMs, () => again(keeper, host));
    for (const run of host.waiting.splice(0)) run();
  } else if (outcome.value === "no-such-room") {
    forget(keeper, host);
  } else {
    settle(keeper, host, stateFrom(host.room, outcome.value));
  }
}

function settle(keeper: KeeperState, host: RoomHost, state: RoomState): void {
  host.phase = "ready";
  host.state = state;
  /* What was read back may hold a record that nobody was told of. */
  host.announcedAt = keeper.clock.now();
  for (const run of host.waiting.splice(0)) run();
  plan(keeper, host);
}

function forget(keeper: KeeperState, host: RoomHost): void {
  host.phase = "absent";
  keeper.hosts.delete(host.room);
  const inputs = host.mailbox.splice(0);
  answer(
    keeper,
    inputs.map((input) => laterAnswer(input, "no-such-room", 0)),
  );
  for (const run of host.waiting.splice(0)) run();
}

/** How long nothing is written now: longer with every failure in a row. */
function pause(keeper: KeeperState, host: RoomHost, sentence: string): number {
  keeper.observe.logFailed?.(host.room, sentence);
  host.failures += 1;
  const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** (host.failures - 1));
  host.writableAt = time(keeper.clock.now() + pauseMs);
  return pauseMs;
}
