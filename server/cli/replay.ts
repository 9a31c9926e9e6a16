import { setImmediate } from "node:timers/promises";
import type { Grant } from "@chorus/protocol/people.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { type Cast, createCast } from "./cast.ts";
import { chatLinesMax, type ChatLog, readChatLog } from "./chat-log.ts";
import { interrupted, pause, untilInterrupted } from "./interruption.ts";
import { createReplayCount, type ReplayCount, replaySummary } from "./replay-count.ts";
import { type Ended, type Outcome, runCommand } from "./run-command.ts";
import { inventedAuthors, type Schedule, scheduleOf } from "./schedule.ts";
import { obstacle, readTarget, type Target, targetFlags, tokenFor } from "./target.ts";

const flags = {
  ...targetFlags,
  speed: { kind: "value", hint: "N", about: "How many times faster than it was.", otherwise: "1" },
  limit: { kind: "value", hint: "N", about: "Only the first so many messages." },
  connections: { kind: "value", hint: "N", about: "So many connections at once at most.", otherwise: "500" },
  grant: { kind: "switch", about: "Have the grant `replay`: no pace and duplicate rules. The default." },
  "no-grant": { kind: "switch", about: "Do without it, as people do: the room refuses what is too fast." },
  ...commonFlags,
} as const;

const usage: Usage<typeof flags> = {
  name: "replay",
  about: [
    "Says a recorded chat again: every line at its time, divided by the speed, so that bursts stay bursts. Each author has an identity and a connection of their own through the SDK, opened before their first line and closed some time after the last one.",
    `FILE holds JSON Lines: {"kind": "chat", "t_ms": 1500, "author": "u1", "text": "…"}. Lines without an author are dealt to ${inventedAuthors} invented ones; lines of another kind are counted and passed over.`,
    "The result has sent = acked + refused + failed. Acked counts what is stored, and what waits for a moderator, which is also counted as held. Failed is what the SDK gave up, by default after five minutes. ackMs runs from handing a line to the SDK until its answer, reconnects included. Exit status 1 when something failed; 130 or 143 when it was interrupted.",
    "Give --signing-key-file for a server that was not started with --dev; it allows 100 connections from one network unless it is told otherwise.",
  ],
  operand: { name: "FILE", about: "The recorded chat." },
  flags,
  examples: [
    "chorus replay chat.jsonl --room demo --speed 20",
    "chorus replay chat.jsonl --room demo --speed 20 --no-grant --limit 500 --json",
  ],
};

type Options = {
  file: string;
  target: Target;
  speed: number;
  limit: number | null;
  connectionsMax: number;
  grants: Grant[];
};

const connectionsCeiling = 20_000;
const speedMax = 100_000;
/** How long before a line its author connects. */
const aheadMs = 2_000;
const sweepEveryMs = 1_000;
const progressEveryMs = 5_000;
/** When all is late: so many lines in one turn of the event loop. */
const turnCues = 256;
/** After an interruption, for the answers that are on their way. */
const lastAnswersMs = 3_000;

export function replay(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, perform);
}

function read(given: Arguments<typeof flags>): Options {
  if (given.switch("grant") && given.switch("no-grant")) {
    given.problem("--grant and --no-grant contradict each other: give one of them.");
  }
  const everybody: Grant[] = ["read", "say", "react"];
  return {
    file: given.operand(),
    target: readTarget(given),
    speed: given.positive("speed", speedMax),
    limit: given.text("limit") === null ? null : given.integer("limit", 1, chatLinesMax),
    connectionsMax: given.integer("connections", 1, connectionsCeiling),
    grants: given.switch("no-grant") ? everybody : [...everybody, "replay"],
  };
}

async function perform(options: Options): Promise<Outcome> {
  const { file, limit } = options;
  const { signal, marked, done } = untilInterrupted();
  const log = await readChatLog(file, limit);
  const ended = "problem" in log ? { failure: log.problem } : await rehearse(options, log, signal);
  done();
  return marked(ended);
}

async function rehearse(
  { target, speed, connectionsMax, grants }: Options,
  log: ChatLog,
  signal: AbortSignal,
): Promise<Ended> {
  const blocked = await obstacle(target, grants);
  if (blocked !== null) return { failure: blocked };
  const schedule = scheduleOf(log.lines, speed);
  const count = createReplayCount();
  const cast = createCast({
    url: target.url,
    room: target.room,
    token: (sub, name) => tokenFor(target, { sub, name, grants }),
    connectionsMax,
    count,
  });
  const startedAt = performance.now();
  const sweep = setInterval(() => cast.sweep(performance.now() - startedAt), sweepEveryMs);
  const progress = setInterval(() => report(count, schedule, cast), progressEveryMs);
  await conduct(schedule, cast, startedAt, signal);
  await ending(cast, signal);
  clearInterval(sweep);
  clearInterval(progress);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  cast.close();
  // What was closed without an answer ends as failed in the promises that this settles.
  await setImmediate();
  const result = count.result({ skipped: log.skipped, authors: cast.authors, seconds });
  return { status: result.failed === 0 ? 0 : 1, result, summary: replaySummary(result) };
}

/** Times are counted from the start, so that a line which is late makes no other line late. */
async function conduct(
  { cues }: Schedule,
  cast: Cast,
  startedAt: number,
  signal: AbortSignal,
): Promise<void> {
  let ahead = 0;
  for (const [i, cue] of cues.entries()) {
    if (i % turnCues === 0) await setImmediate();
    for (let waitMs = Infinity; waitMs > 0;) {
      const now = performance.now() - startedAt;
      for (let next = cues[ahead]; next !== undefined && next.dueMs <= now + aheadMs; next = cues[++ahead]) {
        cast.awaken(next.author);
      }
      waitMs = cue.dueMs - now;
      if (waitMs > 0) await pause(Math.min(waitMs, aheadMs / 4), signal);
      if (signal.aborted) return;
    }
    cast.say(cue);
  }
}

async function ending(cast: Cast, signal: AbortSignal): Promise<void> {
  const settled = cast.settled();
  await Promise.race([settled, interrupted(signal)]);
  if (!signal.aborted) return;
  cast.hush();
  const answered = new AbortController();
  void settled.then(() => answered.abort());
  await pause(lastAnswersMs, answered.signal);
}

function report(count: ReplayCount, { cues }: Schedule, cast: Cast): void {
  const { sent, acked, refused, failed } = count.result({ skipped: {}, authors: 0, seconds: 0 });
  const refusals = Object.values(refused).reduce((sum, one) => sum + one, 0);
  console.error(
    `${sent} of ${cues.length} said: ${acked} acknowledged, ${refusals} refused, ${failed} failed, ${count.pending} without an answer; ${cast.connections} connections.`,
  );
}
