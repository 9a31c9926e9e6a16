import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second (proc(5), `sysconf(_SC_CLK_TCK)`). */
const tickMs = 10;

/**
 * Keeps processes, with all their threads, on one core, so that load and what is loaded do not take it from each other.
 *
 * @throws where there is no `taskset`, which is a part of util-linux.
 */
export function pin(pids: readonly number[], core: number): void {
  for (const pid of pids)
    execFileSync("taskset", ["-a", "-c", "-p", String(core), String(pid)], { stdio: "pipe" });
}

/** What a process has worked, all threads of it. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** What a core has worked, for whomever. */
export function coreMs(core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, "m").exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "";
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(" ").map(Number);
  return (user + nice + system + irq + softirq) * tickMs;
}
