import { type ChildProcess, spawn } from "node:child_process";
import { nodeEnvironment, nodeFlags } from "./node-flags.ts";

/** Starts processes, starts them again when they end, and does nothing else. */
export type Supervisor = {
  /** Settles when every process has said once that it is ready. */
  ready: Promise<void>;
  /** Asks all but the first to end, which they stand on, and then the first; what does not within `graceMs` is ended. */
  stop(): Promise<void>;
};
export type ProcessSpec = { name: string; args: readonly string[] };

export type SupervisorOptions = {
  /** The first is the one that the others stand on. */
  processes: readonly ProcessSpec[];
  /** `pauseMs`: how long until it is started again. */
  onEnded(name: string, how: string, pauseMs: number): void;
  onReady?(name: string, pid: number): void;
  /** A process says that it can never start as it was told to: nothing is started again. */
  onHopeless(name: string): void;
  graceMs?: number;
};

/** The exit code of a process that has said what keeps it from starting (EX_CONFIG of sysexits.h). */
export const hopelessExitCode = 78;

/** A process that was ready for so long has proven itself: its next start is at once again. */
const provenMs = 1_000;
const pauseMsMin = 100;
const pauseMsMax = 5_000;

type Child = { spec: ProcessSpec; process: ChildProcess | null; failures: number; everReady: boolean };

export function supervise(options: SupervisorOptions): Supervisor {
  const children = options.processes.map((spec): Child => ({
    spec,
    process: null,
    failures: 0,
    everReady: false,
  }));
  let stopping = false;
  const { promise: ready, resolve: allReady } = Promise.withResolvers<void>();
  for (const child of children) start(child);
  return {
    ready,
    async stop() {
      stopping = true;
      const graceMs = options.graceMs ?? 10_000;
      const [first, ...others] = children;
      await Promise.all(others.map((child) => end(child.process, graceMs)));
      await end(first?.process ?? null, graceMs);
    },
  };

  function start(child: Child): void {
    let readyAt = Infinity;
    const { name, args } = child.spec;
    const running = spawn(process.execPath, [...nodeFlags, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: { ...nodeEnvironment, ...process.env },
    });
    child.process = running;
    running.on("message", () => {
      child.everReady = true;
      readyAt = performance.now();
      options.onReady?.(name, running.pid ?? 0);
      if (children.every(({ everReady }) => everReady)) allReady();
    });
    /* A process that could not be made at all has no exit. */
    running.once("error", (error) => ended(null, error.message));
    running.once("exit", ended);

    function ended(code: number | null, how: string | null): void {
      if (stopping || child.process !== running) return;
      child.process = null;
      if (code === hopelessExitCode && !child.everReady) return options.onHopeless(name);
      child.failures = performance.now() - readyAt > provenMs ? 0 : child.failures + 1;
      const pauseMs = child.failures <= 1 ? 0 : Math.min(pauseMsMax, pauseMsMin * 2 ** (child.failures - 2));
      options.onEnded(name, how ?? `exit code ${code}`, pauseMs);
      setTimeout(() => {
        if (!stopping) start(child);
      }, pauseMs);
    }
  }
}

function end(child: ChildProcess | null, graceMs: number): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
    child.once("exit", () => {
      clearTimeout(kill);
      resolve();
    });
    /* Who ends alone hands over to its siblings; when all end there is nobody to take anything. */
    if (child.connected) child.send({ allEnd: true }, () => {});
    child.kill("SIGTERM");
  });
}
