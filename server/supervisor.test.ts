import assert from "node:assert/strict";
import { test } from "node:test";
import { hopelessExitCode, type ProcessSpec, supervise, type Supervisor } from "./supervisor.ts";

const ready = "process.send('ready');";
const stays = `${ready} setInterval(() => {}, 1000);`;

test("O6.1 it is ready when every process has said so", async () => {
  await using stage = aSupervisor({ one: stays, two: `setTimeout(() => { ${stays} }, 50)` });
  await stage.supervisor.ready;
  assert.deepEqual([...stage.ready.keys()].toSorted(), ["one", "two"]);
});

test("O6.2 a process that was killed is started again, and the others are left alone", async () => {
  await using stage = aSupervisor({ one: stays, two: stays });
  await stage.supervisor.ready;
  const [one, two] = [stage.pid("one"), stage.pid("two")];
  process.kill(one, "SIGKILL");
  await stage.until(() => stage.pid("one") !== one);
  assert.deepEqual(stage.ended, [["one", "SIGKILL", 0]]);
  assert.equal(stage.pid("two"), two);
});

test("O6.3 a process that ends again and again is started after pauses that double", async () => {
  await using stage = aSupervisor({ weak: "process.exit(3)" });
  await stage.until(() => stage.ended.length === 4);
  assert.deepEqual(
    stage.ended.map(([, how, pauseMs]) => [how, pauseMs]),
    [
      ["exit code 3", 0],
      ["exit code 3", 100],
      ["exit code 3", 200],
      ["exit code 3", 400],
    ],
  );
});

test("O6.4 a process that says it can never start is not started again", async () => {
  await using stage = aSupervisor({ lost: `process.exit(${hopelessExitCode})` });
  await stage.until(() => stage.hopeless.length === 1);
  assert.deepEqual([stage.hopeless, stage.ended], [["lost"], []]);
});

test("O6.5 stopping asks every process to end, and ends those that do not", async () => {
  const deaf = `process.on('SIGTERM', () => {}); ${stays}`;
  const stage = aSupervisor({ kind: `process.on('SIGTERM', () => process.exit(0)); ${stays}`, deaf });
  await stage.supervisor.ready;
  const pids = [stage.pid("kind"), stage.pid("deaf")];
  await stage.supervisor.stop();
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  assert.deepEqual(stage.ended, []);
});

test("O6.11 stopping asks the first process to end when the others have", async () => {
  const stage = aSupervisor({ keeper: endsAfter(0), one: endsAfter(30), two: endsAfter(60) });
  await stage.supervisor.ready;
  stage.ready.clear();
  await stage.supervisor.stop();
  assert.deepEqual([...stage.ready.keys()], ["one", "two", "keeper"]);
});

/** Says once more that it lives when it ends. */
function endsAfter(ms: number): string {
  return `process.on('SIGTERM', () => setTimeout(() => process.send('', () => process.exit(0)), ${ms})); ${stays}`;
}

type Stage = AsyncDisposable & {
  supervisor: Supervisor;
  ready: Map<string, number>;
  ended: [name: string, how: string, pauseMs: number][];
  hopeless: string[];
  pid(name: string): number;
  /** Looks again whenever something has been told. */
  until(holds: () => boolean): Promise<void>;
};

/** Processes whose programs are given as text. */
function aSupervisor(programs: Record<string, string>): Stage {
  let watchers: (() => void)[] = [];
  const told = (): void => watchers.forEach((look) => look());
  const stage: Omit<Stage, "supervisor"> = {
    ready: new Map(),
    ended: [],
    hopeless: [],
    pid: (name) => stage.ready.get(name) ?? 0,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return;
          watchers = watchers.filter((other) => other !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
    [Symbol.asyncDispose]: () => supervisor.stop(),
  };
  const supervisor = supervise({
    processes: Object.entries(programs).map(([name, program]): ProcessSpec => ({
      name,
      args: ["-e", program],
    })),
    graceMs: 300,
    onReady(name, pid) {
      stage.ready.set(name, pid);
      told();
    },
    onEnded(...ending) {
      stage.ended.push(ending);
      told();
    },
    onHopeless(name) {
      stage.hopeless.push(name);
      told();
    },
  });
  return { ...stage, supervisor };
}
