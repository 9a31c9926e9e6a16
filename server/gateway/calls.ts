import type { Actor } from "@chorus/core/room/inputs.ts";
import { unreachable } from "@chorus/core/unreachable.ts";
import type { Reply } from "@chorus/protocol/frames.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import type { Command } from "@chorus/protocol/requests.ts";
import { noBytes } from "../bus/bus.ts";
import {
  type GatewayMessage,
  type KeeperMessage,
  type RevokeOutcome,
  toGateway,
  toKeeper,
} from "../messages.ts";
import type { Gateway } from "./state.ts";

/**
 * Questions to the keeper that somebody waits for. The bus may lose both the question and the answer, so each ends after a
 * time, answered or not; whoever asked may ask again.
 */
export const callsInFlightMax = 256;

/** Who asks: a gateway, or what answers to the same messages beside a keeper. */
export type Caller = Pick<Gateway, "id" | "bus" | "clock" | "calls" | "nextCall" | "inFlight">;
export type Called<T> = { ok: true; value: T } | { ok: false; why: "too-many" | "no-answer" };

type CreateCall = GatewayMessage & { m: "create" };
type InfoCall = GatewayMessage & { m: "info" };
type RevokeCall = GatewayMessage & { m: "revoke" };
type Ask = Asked<CreateCall> | Asked<InfoCall> | Asked<RevokeCall>;
type Asked<Call> = Omit<Call, "gateway" | "call">;
export type Created = (KeeperMessage & { m: "created" })["outcome"];
export type Informed = (KeeperMessage & { m: "info" })["info"];

export function call(caller: Caller, ask: Asked<CreateCall>, timeoutMs: number): Promise<Called<Created>>;
export function call(caller: Caller, ask: Asked<InfoCall>, timeoutMs: number): Promise<Called<Informed>>;
export function call(
  caller: Caller,
  ask: Asked<RevokeCall>,
  timeoutMs: number,
): Promise<Called<RevokeOutcome>>;
export function call(caller: Caller, ask: Ask, timeoutMs: number): Promise<Called<unknown>> {
  return awaited(caller, timeoutMs, (call) => post(caller, { ...ask, gateway: caller.id, call }));
}

/** A command whose answer belongs to no connection: its origin is the call. */
export function sendCommand(
  caller: Caller,
  actor: Actor,
  command: Command,
  id: EntryId,
  timeoutMs: number,
): Promise<Called<Reply>> {
  return awaited(caller, timeoutMs, (call) => {
    caller.inFlight += 1;
    const origin = { gateway: caller.id, connection: call };
    const input = { i: "command", origin, actor, command, id } as const;
    post(caller, { m: "inputs", gateway: caller.id, items: [{ room: command.room, input }] });
  });
}

/** A caller of its own for a process without a gateway. */
export function openCaller(options: Pick<Caller, "id" | "bus" | "clock">): Caller & { close(): void } {
  const { id, bus, clock } = options;
  const calls: Caller["calls"] = new Map();
  const stop = bus.subscribe(toGateway(id), ({ head }) => receive(calls, head as KeeperMessage));
  return { id, bus, clock, calls, nextCall: -1, inFlight: 0, close: stop };
}

function receive(calls: Caller["calls"], message: KeeperMessage): void {
  switch (message.m) {
    case "created":
      return calls.get(message.call)?.(message.outcome);
    case "info":
      return calls.get(message.call)?.(message.info);
    case "revoked":
      return calls.get(message.call)?.(message.outcome);
    case "answers":
      for (const { origin, reply } of message.items) calls.get(origin.connection)?.(reply);
      return;
    case "attached":
    case "no-room":
    case "unavailable":
    case "view":
      return;
    default:
      return unreachable(message);
  }
}

/** What answers a call is what its message says it is: both ends are this program. */
function awaited<T>(caller: Caller, timeoutMs: number, ask: (call: number) => void): Promise<Called<T>> {
  if (caller.calls.size >= callsInFlightMax) return Promise.resolve({ ok: false, why: "too-many" });
  const call = caller.nextCall;
  caller.nextCall -= 1;
  return new Promise((resolve) => {
    const cancel = caller.clock.after(timeoutMs, () => end({ ok: false, why: "no-answer" }));
    function end(outcome: Called<T>): void {
      cancel();
      caller.calls.delete(call);
      resolve(outcome);
    }
    caller.calls.set(call, (answer) => end({ ok: true, value: answer as T }));
    ask(call);
  });
}

function post(caller: Caller, head: GatewayMessage): void {
  caller.bus.publish(toKeeper, { head, body: noBytes });
}
