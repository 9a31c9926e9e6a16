import type { Answer, Input } from "@chorus/core/room/inputs.ts";
import { step } from "@chorus/core/room/room.ts";
import type { RoomState } from "@chorus/core/room/state.ts";
import { nextTally, viewersIn } from "@chorus/core/room/tallies.ts";
import { viewOf } from "@chorus/core/room/view.ts";
import type { RoomRecord } from "@chorus/core/record.ts";
import { type EntryId, type Epoch, key, personId, type RoomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { type Bus, noBytes } from "../bus/bus.ts";
import { type Clock, every } from "../clock.ts";
import type { AppendOutcome, Log, Outcome } from "../log/log.ts";
import { encodeRecord } from "../log/record-codec.ts";
import { type GatewayMessage, type KeeperMessage, type RoomInfo, type RoomMessage, toGateway, toGateways, toKeeper, toRoom } from "../messages.ts";
import { encodeView, recordOf } from "./record.ts";
import { createHost, headOfState, laterAnswer, type RoomHost, snapshotBytes, stateFrom, withdrawn } from "./room-host.ts";

/**
 * The keeper: one writer for every room it hosts. Whatever has arrived since the last turn becomes one record a room
 * and one commit for all of them; only then does anybody hear of it.
 */
export type Keeper = {
  /** Makes a room unless there is one of that name. */
  create(room: RoomId, settings: RoomSettings, done: (outcome: CreateOutcome) => void): void;
  /** The rooms in memory. */
  rooms(): RoomInfo[];
  stop(): void;
  stats(): KeeperStats;
};
export type CreateOutcome = "created" | "exists" | "unavailable";
export type KeeperStats = { rooms: number; mailbox: number };

export type KeeperOptions = {
  log: Log;
  bus: Bus;
  clock: Clock;
  /** Tells this life of the keeper from the one before. */
  instance: string;
  mintEpoch(): Epoch;
  mintId(): EntryId;
  observe?: KeeperObserver;
};
export type KeeperObserver = {
  appended?(records: readonly RoomRecord[], tookMs: number): void;
  answered?(answers: readonly Answer[]): void;
  limit?(name: keyof typeof limits): void;
  logFailed?(room: RoomId, sentence: string): void;
};

const failureMs = 1_000;
const failureMsMax = 10_000;
const pulseMs = 1_000;
const announceForMs = 3_000;

export function startKeeper(options: KeeperOptions): Keeper {
  const { log, bus, clock, instance, observe = {} } = options;
  const hosts = new Map<RoomId, RoomHost>();
  const due = new Set<RoomHost>();
  let turnPlanned = false;

  const stops = [
    bus.subscribe(toKeeper, (message) => receive(message.head as GatewayMessage)),
    every(clock, limits.tallyEveryMs, publishTallies),
    every(clock, limits.tallyKeptEveryMs, keepTallies),
    every(clock, pulseMs, pulse),
    every(clock, limits.roomIdleMs / 10, unloadIdle),
  ];
  pulse();
  return {
    create,
    rooms: () => [...hosts.values()].flatMap((host) => infoOf(host) ?? []),
    stop() {
      for (const stop of stops) stop();
      for (const host of hosts.values()) saveSnapshot(host);
    },
    stats() {
      let mailbox = 0;
      for (const host of hosts.values()) mailbox += host.mailbox.length;
      return { rooms: hosts.size, mailbox };
    },
  };

  function receive(message: GatewayMessage): void {
    switch (message.m) {
      case "attach":
        return withHost(message.room, (host) => attach(host, message.gateway));
      case "detach":
        hosts.get(message.room)?.gateways.delete(message.gateway);
        return;
      case "inputs":
        for (const { room, input } of message.items) accept(room, input);
        return;
      case "view":
        return withHost(message.room, ({ state }) => {
          if (state === null) return;
          const { head, body } = encodeView(viewOf(state, message.audience, clock.now()));
          bus.publish(toGateway(message.gateway), { head: { m: "view", view: head } satisfies KeeperMessage, body });
        });
      case "create":
        return create(message.room, message.settings, (outcome) =>
          tell(message.gateway, { m: "created", call: message.call, outcome }),
        );
      case "info":
        return withHost(message.room, (host) => tellInfo(host, message.gateway, message.call));
    }
  }

  function accept(room: RoomId, input: Input): void {
    const host = hosts.get(room) ?? load(room);
    const refusal = refusalFor(host);
    if (refusal !== null) {
      const answer = laterAnswer(input, refusal, Math.max(failureMs, host.writableAt - clock.now()));
      if (answer !== null) answerAll([answer]);
      return;
    }
    host.mailbox.push(input);
    plan(host);
  }

  function refusalFor(host: RoomHost): "no-such-room" | "try-later" | "busy" | null {
    if (host.phase === "absent") return "no-such-room";
    if (host.writableAt > clock.now()) return "try-later";
    if (host.mailbox.length < limits.mailboxInputsMax) return null;
    observe.limit?.("mailboxInputsMax");
    return "busy";
  }

  function plan(host: RoomHost): void {
    if (host.phase !== "ready" || host.mailbox.length === 0) return;
    due.add(host);
    if (turnPlanned) return;
    turnPlanned = true;
    clock.soon(turn);
  }

  function turn(): void {
    turnPlanned = false;
    const batch: { host: RoomHost; record: RoomRecord; answers: Answer[] }[] = [];
    for (const host of due) {
      const { state } = host;
      if (state === null || host.phase !== "ready") continue;
      const inputs = host.mailbox.splice(0, limits.turnInputsMax);
      host.usedAt = clock.now();
      host.tallyChanged ||= inputs.some((input) => input.i === "taps" || input.i === "lease");
      const { draft, answers } = step(state, inputs, clock.now());
      if (draft === null) {
        answerAll(answers);
        continue;
      }
      host.phase = "appending";
      batch.push({ host, record: recordOf(draft, host.room, state.epoch, host.fence), answers });
    }
    const left = [...due].filter((host) => host.phase === "ready" && host.mailbox.length > 0);
    due.clear();
    for (const host of left) plan(host);
    if (batch.length > 0) append(batch);
  }

  function append(batch: { host: RoomHost; record: RoomRecord; answers: Answer[] }[]): void {
    const began = clock.now();
    const records = batch.map(({ record }) => record);
    log.append(records, (outcome: Outcome<AppendOutcome[]>) => {
      const answers: Answer[] = [];
      for (const [i, { host, record, answers: own }] of batch.entries()) {
        const verdict = outcome.ok ? outcome.value[i] : outcome.failure.message;
        if (verdict === "appended") {
          publishRecord(host, record);
          answers.push(...own);
        } else {
          fail(host, verdict ?? "no outcome");
          answers.push(...own.map((answer) => withdrawn(answer, failureMs)));
        }
      }
      observe.appended?.(records, clock.now() - began);
      answerAll(answers);
    });
  }

  function publishRecord(host: RoomHost, record: RoomRecord): void {
    const { head, body } = encodeRecord({ ...record, journal: noBytes });
    bus.publish(toRoom(host.room), { head: { m: "record", record: head } satisfies RoomMessage, body });
    host.phase = "ready";
    host.failures = 0;
    host.announcedAt = clock.now();
    host.recordsSinceSnapshot += 1;
    if (host.recordsSinceSnapshot >= limits.snapshotEveryRecords) saveSnapshot(host);
    for (const run of host.waiting.splice(0)) run();
    plan(host);
  }

  /** The state has run ahead of the log: it is read back, and nothing is written for a while. */
  function fail(host: RoomHost, sentence: string): void {
    observe.logFailed?.(host.room, sentence);
    host.failures += 1;
    const pauseMs = Math.min(failureMsMax, failureMs * 2 ** (host.failures - 1));
    host.writableAt = time(clock.now() + pauseMs);
    host.state = null;
    host.phase = "loading";
    const unanswered = host.mailbox.splice(0).map((input) => laterAnswer(input, "try-later", pauseMs));
    answerAll(unanswered.filter((answer) => answer !== null));
    const lostFence = sentence === "stale-fence" || sentence === "wrong-epoch";
    if (lostFence) clock.after(pauseMs, () => open(host));
    else reload(host);
  }

  function load(room: RoomId): RoomHost {
    const host = createHost(room, clock.now());
    hosts.set(room, host);
    open(host);
    return host;
  }

  function open(host: RoomHost): void {
    log.open(host.room, (outcome) => {
      if (!outcome.ok) return retryLoading(host, outcome.failure.message, open);
      if (outcome.value === "no-such-room") return settle(host, "absent", null);
      host.fence = outcome.value.fence;
      settle(host, "ready", stateFrom(host.room, outcome.value));
    });
  }

  function reload(host: RoomHost): void {
    log.load(host.room, (outcome) => {
      if (!outcome.ok) return retryLoading(host, outcome.failure.message, reload);
      if (outcome.value === "no-such-room") return settle(host, "absent", null);
      settle(host, "ready", stateFrom(host.room, outcome.value));
    });
  }

  function retryLoading(host: RoomHost, sentence: string, again: (host: RoomHost) => void): void {
    observe.logFailed?.(host.room, sentence);
    host.failures += 1;
    const pauseMs = Math.min(failureMsMax, failureMs * 2 ** (host.failures - 1));
    host.writableAt = time(clock.now() + pauseMs);
    for (const run of host.waiting.splice(0)) run();
    clock.after(pauseMs, () => again(host));
  }

  function settle(host: RoomHost, phase: "ready" | "absent", state: RoomState | null): void {
    host.phase = phase;
    host.state = state;
    if (phase === "absent") {
      const answers = host.mailbox.splice(0).map((input) => laterAnswer(input, "no-such-room", 0));
      answerAll(answers.filter((answer) => answer !== null));
      hosts.delete(host.room);
    }
    for (const run of host.waiting.splice(0)) run();
    plan(host);
  }

  /**
   * Runs when the room's state is what the log holds: at once, after the append that is under way, or when loading has
   * ended; then a null state means that the room cannot be had now.
   */
  function withHost(room: RoomId, run: (host: RoomHost) => void): void {
    const host = hosts.get(room) ?? load(room);
    if (host.phase === "loading" || host.phase === "appending") host.waiting.push(() => run(host));
    else run(host);
  }

  function attach(host: RoomHost, gateway: string): void {
    const { state, room } = host;
    if (host.phase === "absent") return tell(gateway, { m: "no-room", room });
    if (state === null) return tell(gateway, { m: "unavailable", room, retryMs: failureMs });
    host.gateways.add(gateway);
    host.usedAt = clock.now();
    const view = viewOf(state, "public", clock.now());
    tell(gateway, {
      m: "attached",
      room,
      head: headOfState(state),
      settings: state.settings,
      bans: view.bans,
      tally: nextTally(state, clock.now()),
    });
  }

  function tellInfo(host: RoomHost, gateway: string, call: number): void {
    if (host.phase === "absent") return tell(gateway, { m: "info", call, info: "no-such-room" });
    tell(gateway, { m: "info", call, info: infoOf(host) ?? "unavailable" });
  }

  function infoOf({ room, state }: RoomHost): RoomInfo | null {
    if (state === null) return null;
    return { room, head: headOfState(state), settings: state.settings, viewers: viewersIn(state, clock.now()) };
  }

  function create(room: RoomId, settings: RoomSettings, done: (outcome: CreateOutcome) => void): void {
    log.create(room, options.mintEpoch(), (outcome) => {
      if (!outcome.ok) {
        observe.logFailed?.(room, outcome.failure.message);
        return done("unavailable");
      }
      if (outcome.value === "created") accept(room, openingInput(room, settings, options.mintId()));
      done(outcome.value);
    });
  }

  function saveSnapshot(host: RoomHost): void {
    if (host.state === null || host.phase !== "ready" || host.recordsSinceSnapshot === 0) return;
    host.recordsSinceSnapshot = 0;
    const { offset } = host.state;
    log.saveSnapshot(host.room, host.fence, offset, snapshotBytes(host.state), (outcome) => {
      if (!outcome.ok) observe.logFailed?.(host.room, outcome.failure.message);
    });
  }

  function publishTallies(): void {
    for (const host of hosts.values()) {
      if (!host.tallyChanged || host.state === null) continue;
      host.tallyChanged = false;
      const tally = nextTally(host.state, clock.now());
      bus.publish(toRoom(host.room), { head: { m: "tally", tally } satisfies RoomMessage, body: noBytes });
    }
  }

  function keepTallies(): void {
    for (const host of hosts.values()) {
      if (host.state?.reactionsUnkept === true) accept(host.room, { i: "keep-tally" });
    }
  }

  function pulse(): void {
    const since = clock.now() - announceForMs;
    const heads: [RoomId, string, number][] = [];
    for (const { room, announcedAt, state, phase } of hosts.values()) {
      if (state !== null && phase === "ready" && announcedAt >= since) heads.push([room, state.epoch, state.offset]);
    }
    bus.publish(toGateways, { head: { m: "pulse", keeper: instance, heads }, body: noBytes });
  }

  function unloadIdle(): void {
    const before = clock.now() - limits.roomIdleMs;
    for (const host of hosts.values()) {
      if (host.phase !== "ready" || host.gateways.size > 0 || host.usedAt > before || host.mailbox.length > 0) continue;
      saveSnapshot(host);
      hosts.delete(host.room);
    }
  }

  function answerAll(answers: readonly Answer[]): void {
    if (answers.length === 0) return;
    observe.answered?.(answers);
    const byGateway = Map.groupBy(answers, (answer) => answer.origin.gateway);
    for (const [gateway, items] of byGateway) tell(gateway, { m: "answers", items });
  }

  function tell(gateway: string, message: KeeperMessage): void {
    bus.publish(toGateway(gateway), { head: message, body: noBytes });
  }
}

/** A new room's first entry says what it is. */
function openingInput(room: RoomId, settings: RoomSettings, id: EntryId): Input {
  return {
    i: "command",
    origin: { gateway: "", connection: 0 },
    actor: { id: personId("chorus"), name: "Chorus", skeleton: "", role: "host", grants: ["read", "moderate", "host"] },
    command: { t: "moderate", room, key: key("creation:0"), act: { do: "settings", settings } },
    id,
    found: null,
  };
}
