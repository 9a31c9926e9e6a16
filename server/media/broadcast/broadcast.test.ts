import assert from "node:assert/strict";
import { test } from "node:test";
import { time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import {
  type Broadcast,
  type BroadcastEffect,
  type BroadcastInput,
  broadcastOff,
  type BroadcastRules,
  restoredBroadcast,
  stepBroadcast,
  stoppedByHost,
  takenOver,
} from "./broadcast.ts";

const refusing: BroadcastRules = { secondPublisher: "refuse", graceMs: 30_000 };
const takingOver: BroadcastRules = { secondPublisher: "take-over", graceMs: 30_000 };

test("V4.1 an encoder that drops and comes back within the grace continues its broadcast", () => {
  const room = aRoom(refusing);
  assert.deepEqual(kinds(room.arrives("a", 0)), ["accept", "tell"]);
  assert.deepEqual(kinds(room.drops("a", 5_000)), ["tell", "schedule"]);
  assert.deepEqual(room.state(), { phase: "interrupted", id: "b1", began: 0, until: 35_000 });
  assert.deepEqual(room.arrives("b", 34_999)[0], {
    kind: "accept",
    publisher: "b",
    broadcast: "b1",
    continues: true,
  });
});

test("V4.1 an encoder that comes back after the grace begins another broadcast, even if nobody has looked", () => {
  const room = aRoom(refusing);
  room.arrives("a", 0);
  room.drops("a", 5_000);
  const effects = room.arrives("b", 35_000);
  assert.deepEqual(kinds(effects), ["finish", "tell", "accept", "tell"]);
  assert.deepEqual(effects[2], { kind: "accept", publisher: "b", broadcast: "b2", continues: false });
});

test("V4.2 the end of the grace ends the broadcast once", () => {
  const room = aRoom(refusing);
  room.arrives("a", 0);
  room.drops("a", 5_000);
  assert.deepEqual(room.due(34_999), []);
  assert.deepEqual(kinds(room.due(35_000)), ["finish", "tell"]);
  assert.deepEqual(room.due(35_001), []);
});

test("V4.3 a second encoder is refused with a sentence, or takes over, as the room has it", () => {
  const strict = aRoom(refusing);
  strict.arrives("a", 0);
  const [refused] = strict.arrives("b", 1);
  assert.ok(refused?.kind === "refuse" && /stop it first/.test(refused.sentence));
  assert.deepEqual(strict.drops("b", 2), []);

  const open = aRoom(takingOver);
  open.arrives("a", 0);
  const effects = open.arrives("b", 1);
  assert.deepEqual(kinds(effects), ["dismiss", "accept", "tell"]);
  assert.deepEqual(effects[0], { kind: "dismiss", publisher: "a", sentence: takenOver });
  assert.deepEqual(open.drops("a", 2), [], "what the first one leaves behind changes nothing");
});

test("V4.4 a stop by the host ends the broadcast and holds encoders off for a while", () => {
  const room = aRoom(refusing);
  room.arrives("a", 0);
  assert.deepEqual(kinds(room.stops(1_000)), ["dismiss", "finish", "tell"]);
  const [early] = room.arrives("a2", 2_000);
  assert.deepEqual(early, {
    kind: "refuse",
    publisher: "a2",
    sentence: `${stoppedByHost} Start the next one in 14 s.`,
  });
  assert.deepEqual(kinds(room.arrives("a3", 1_000 + limits.mediaStopHoldMs)), ["accept", "tell"]);
});

test("V4.5 a broadcast that a restart met waits for what is left of its grace", () => {
  const live: Broadcast = { phase: "live", id: "b1", began: time(0), publisher: "gone" };
  const restored = restoredBroadcast(live, refusing, time(50_000));
  assert.deepEqual(restored, { phase: "interrupted", id: "b1", began: 0, until: 80_000 });
  const waiting: Broadcast = { phase: "interrupted", id: "b1", began: time(0), until: time(60_000) };
  assert.equal(restoredBroadcast(waiting, refusing, time(50_000)), waiting);
});

/** All sequences of six things, out of two encoders that come and go, a stop, and time that passes or does not. */
test("V4.6 whatever order things happen in, at most one encoder is on the air and a finished broadcast stays so", () => {
  const moves = ["a comes", "b comes", "a goes", "b goes", "stop", "wait", "look"] as const;
  const depth = 6;
  for (const rules of [refusing, takingOver])
    for (let code = 0; code < moves.length ** depth; code++) {
      const checked = aCheckedRoom(rules);
      for (let rest = code, left = depth; left > 0; left--, rest = Math.floor(rest / moves.length))
        checked(moves[rest % moves.length] ?? "look");
    }
});

function aCheckedRoom(rules: BroadcastRules): (move: string) => void {
  const room = aRoom(rules);
  const onAir = new Set<string>();
  const connected = new Map<string, string>();
  const finished = new Set<string>();
  let now = 0;
  let comings = 0;

  function check(effects: readonly BroadcastEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "dismiss") assert.ok(onAir.delete(effect.publisher));
      if (effect.kind === "finish") {
        assert.ok(!finished.has(effect.broadcast), "finished twice");
        finished.add(effect.broadcast);
      }
      if (effect.kind !== "accept") continue;
      assert.ok(!finished.has(effect.broadcast), "continues what is finished");
      onAir.add(effect.publisher);
    }
    const state = room.state();
    assert.ok(onAir.size <= 1);
    assert.equal(state.phase === "live", onAir.size === 1);
    if (state.phase === "live") assert.ok(onAir.has(state.publisher) && !finished.has(state.id));
    if (state.phase === "interrupted") assert.ok(state.until > now || !finished.has(state.id));
    if (state.phase === "ended") assert.ok(finished.has(state.id));
  }

  function comes(who: string): void {
    const publisher = `${who}${++comings}`;
    connected.set(who, publisher);
    check(room.arrives(publisher, now));
  }

  function goes(who: string): void {
    const publisher = connected.get(who) ?? "nobody";
    onAir.delete(publisher);
    check(room.drops(publisher, now));
  }

  return (move) => {
    now += 1;
    if (move === "wait") now += rules.graceMs;
    else if (move === "stop") check(room.stops(now));
    else if (move === "look") check(room.due(now));
    else if (move.endsWith("comes")) comes(move.charAt(0));
    else goes(move.charAt(0));
  };
}

function aRoom(rules: BroadcastRules) {
  let state: Broadcast = broadcastOff;
  let fresh = 0;
  function step(input: BroadcastInput): readonly BroadcastEffect[] {
    const next = stepBroadcast(state, rules, input);
    state = next.state;
    return next.effects;
  }
  return {
    state: () => state,
    arrives: (publisher: string, at: number) =>
      step({ kind: "arrived", publisher, fresh: `b${++fresh}`, now: time(at) }),
    drops: (publisher: string, at: number) => step({ kind: "dropped", publisher, now: time(at) }),
    stops: (at: number) => step({ kind: "stopped", now: time(at) }),
    due: (at: number) => step({ kind: "due", now: time(at) }),
  };
}

function kinds(effects: readonly BroadcastEffect[]): readonly string[] {
  return effects.map(({ kind }) => kind);
}
