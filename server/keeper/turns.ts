import type { Answer, Input } from "@chorus/core/room/inputs.ts";
import { step } from "@chorus/core/room/room.ts";
import type { RoomRecord } from "@chorus/core/record.ts";
import { type RoomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { noBytes } from "../bus/bus.ts";
import type { AppendOutcome, Outcome } from "../log/log.ts";
import { encodeRecord } from "../log/record-codec.ts";
import { type RoomMessage, toRoom } from "../messages.ts";
import { failed, hostOf, saveSnapshot } from "./hosting.ts";
import { lookUp } from "./look-up.ts";
import { recordOf } from "./record.ts";
import { laterAnswer, type RoomHost, withdrawn } from "./room-host.ts";
import { answer, type KeeperState } from "./state.ts";

/**
 * The path of an input: into the room's mailbox, through one step together with all that came with it, into the log as
 * one record a room and one commit for all rooms, and only then to everybody.
 */
type Stepped = { host: RoomHost; record: RoomRecord; answers: readonly Answer[] };

const retryMs = 1_000;

export function accept(keeper: KeeperState, room: RoomId, input: Input): void {
  const host = hostOf(keeper, room);
  if (input.i === "lease" && host.gateways.has(input.gateway))
    host.gateways.set(input.gateway, keeper.clock.now());
  const refusal = refusalFor(keeper, host);
  if (refusal === null) {
    host.mailbox.push(input);
    plan(keeper, host);
  } else {
    answer(keeper, [laterAnswer(input, refusal, Math.max(retryMs, host.writableAt - keeper.clock.now()))]);
  }
}

/** Puts the room into the next turn, if it has something to do and nothing under way. */
export function plan(keeper: KeeperState, host: RoomHost): void {
  if (host.phase !== "ready" || host.mailbox.length === 0) return;
  keeper.due.add(host);
  if (keeper.turnPlanned) return;
  keeper.turnPlanned = true;
  keeper.clock.soon(() => turn(keeper));
}

function refusalFor(keeper: KeeperState, host: RoomHost): "no-such-room" | "try-later" | "busy" | null {
  if (host.phase === "absent") return "no-such-room";
  if (host.writableAt > keeper.clock.now()) return "try-later";
  if (host.mailbox.length < limits.mailboxInputsMax) return null;
  keeper.observe.limit?.("mailboxInputsMax");
  return "busy";
}

function turn(keeper: KeeperState): void {
  keeper.turnPlanned = false;
  const due = [...keeper.due];
  keeper.due.clear();
  const batch: Stepped[] = [];
  for (const host of due) {
    if (lookUp(keeper, host, () => plan(keeper, host))) continue;
    const stepped = stepRoom(keeper, host);
    if (stepped !== null) batch.push(stepped);
    else plan(keeper, host);
  }
  if (batch.length > 0) append(keeper, batch);
}

/** Null when nothing came of it that must be stored. */
function stepRoom(keeper: KeeperState, host: RoomHost): Stepped | null {
  const { state } = host;
  if (state === null || host.phase !== "ready") return null;
  const now = keeper.clock.now();
  const inputs = host.mailbox.splice(0, limits.turnInputsMax);
  host.usedAt = now;
  host.tallyChanged ||= inputs.some(({ i }) => i === "taps" || i === "lease");
  const { draft, answers, limits: reached } = step(state, inputs, now);
  for (const limit of reached) keeper.observe.limit?.(limit);
  if (draft === null) {
    answer(keeper, answers);
    return null;
  }
  host.phase = "appending";
  return { host, record: recordOf(draft, host.room, state.epoch, host.fence), answers };
}

function append(keeper: KeeperState, batch: readonly Stepped[]): void {
  const began = keeper.clock.now();
  const records = batch.map(({ record }) => record);
  keeper.log.append(records, (outcome) => appended(keeper, batch, outcome, began));
}

function appended(
  keeper: KeeperState,
  batch: readonly Stepped[],
  outcome: Outcome<AppendOutcome[]>,
  began: number,
): void {
  const stored: RoomRecord[] = [];
  const answers: Answer[] = [];
  for (const [i, { host, record, answers: own }] of batch.entries()) {
    const verdict = outcome.ok ? outcome.value[i] : outcome.failure;
    if (verdict === "appended") {
      stored.push(record);
      publish(keeper, host, record);
      answers.push(...own);
    } else {
      failed(keeper, host, verdict ?? "wrong-offset");
      answers.push(...own.map((one) => withdrawn(one, retryMs)));
    }
  }
  keeper.observe.appended?.(stored, keeper.clock.now() - began);
  answer(keeper, answers);
  for (const { host } of batch) settled(keeper, host);
}

/** The same bytes for every gateway; the journal stays at home. */
function publish(keeper: KeeperState, host: RoomHost, record: RoomRecord): void {
  const { head, body } = encodeRecord({ ...record, journal: noBytes });
  keeper.bus.publish(toRoom(host.room), { head: { m: "record", record: head } satisfies RoomMessage, body });
  host.phase = "ready";
  host.failures = 0;
  host.writableAt = time(0);
  host.announcedAt = keeper.clock.now();
  host.recordsSinceSnapshot += 1;
}

/** The room is again what the log holds: what waited for that goes on. */
function settled(keeper: KeeperState, host: RoomHost): void {
  if (host.phase !== "ready") return;
  if (host.recordsSinceSnapshot >= limits.snapshotEveryRecords) saveSnapshot(keeper, host, "in parts");
  for (const run of host.waiting.splice(0)) run();
  plan(keeper, host);
}
