import { totalmem } from "node:os";

/**
 * Where V8 puts what is new, in MB. Its own 16 are full many times a second under load: then much of what is needed for a moment only is
 * kept as if it were old, and collected in long pauses. More than it needs is not taken; small machines keep V8's own.
 */
const youngMBMax = 64;
const youngMBMin = 16;
const shareOfMemory = 1 / 64;

const flags = [
  "--disable-warning=ExperimentalWarning",
  // Else each 64 MB of buffers begin a collection that stops the program for 5 ms at each further buffer until it is done.
  "--external-memory-accounted-in-global-limit",
];

/** @param memory bytes of the machine, or of what the process may have of it. */
export function nodeFlagsFor(memory: number): string[] {
  const young = Math.floor((memory * shareOfMemory) / 2 ** 20);
  const bounded = Math.min(youngMBMax, Math.max(youngMBMin, young));
  return [...flags, `--max-semi-space-size=${bounded}`];
}

/** For every process of a server. */
export const nodeFlags: readonly string[] = nodeFlagsFor(
  Math.min(totalmem(), process.constrainedMemory() || Infinity),
);

/** Few malloc arenas: after a flood of bad input a process gives its memory back, instead of keeping what the flood had made it take. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: "2" };
