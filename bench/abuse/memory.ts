import { pidsOfRole, residentBytes } from "../processes.ts";

/** By process, how far its memory has been beyond what it was when the watch began, and how far it is at the end. */
export type Growth = { name: string; megabytes: number; lastMegabytes: number; ended: boolean };

const lookEveryMs = 250;
const megabyte = 2 ** 20;

export function watchMemory(supervisor: number): { stop(): Growth[] } {
  const watched = ["keeper", "gateway"].flatMap((role) =>
    pidsOfRole(supervisor, role).map((pid, i) => {
      const before = residentBytes(pid);
      return { name: `${role}${i + 1}`, role, pid, before, peak: before };
    }),
  );
  const timer = setInterval(() => {
    for (const process of watched) process.peak = Math.max(process.peak, residentBytes(process.pid));
  }, lookEveryMs);
  return {
    stop() {
      clearInterval(timer);
      return watched.map(({ name, role, pid, before, peak }) => ({
        name,
        megabytes: megabytesOf(peak - before),
        lastMegabytes: megabytesOf(residentBytes(pid) - before),
        ended: !pidsOfRole(supervisor, role).includes(pid),
      }));
    },
  };
}

function megabytesOf(bytes: number): number {
  return Math.round((bytes * 10) / megabyte) / 10;
}
