import { type ChildProcess, spawn } from "node:child_process";

/** A stage of the proof: commands that run side by side and must all end well. */
export type Stage = {
  readonly name: string;
  readonly note?: string;
  readonly commands: readonly Command[];
};
/** \`tap\`: the file where it leaves its results in the Test Anything Protocol, to be counted. */
export type Command = {
  readonly argv: readonly [program: string, ...rest: string[]];
  readonly withinMs: number;
  readonly tap?: string;
};
export type Outcome = { readonly ok: boolean; readonly output: string };

/** What still runs. A command is the head of a process group, so that what it started ends with it. */
const running = new Set<ChildProcess>();

export async function runCommand(command: Command, cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const [program, ...rest] = command.argv;
  const child = spawn(program, rest, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const chunks: Buffer[] = [`$ ${command.argv.join(" ").slice(0, 500)}\n`].map((line) => Buffer.from(line));
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => {
    chunks.push(Buffer.from(`\nIt took longer than ${command.withinMs / 1_000} s and was ended.\n`));
    end(child);
  }, command.withinMs);
  const ending = await endOf(child);
  clearTimeout(timer);
  running.delete(child);
  if (ending !== "0") chunks.push(Buffer.from(`\nIt ended with ${ending}.\n`));
  return { ok: ending === "0", output: Buffer.concat(chunks).toString("utf8") };
}

export function endEverything(): void {
  for (const child of running) end(child);
}

/** A process that the command left behind in another group may hold the pipe open: the wait for its end is short. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      end(child);
      const answer = (): void => resolve(String(code ?? signal));
      child.once("close", answer);
      setTimeout(answer, 2_000).unref();
    });
  });
}

function end(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone, which is what was wanted.
  }
}
