import { createFindings, type Kind, type Outcome, type Shift } from "./findings.ts";
import { flood } from "./flood.ts";
import { hugeFrames, invalidUtf8, malformedJson, unknownKinds, wrongTypes } from "./frames.ts";
import { neverReading, noHello, slowLoris } from "./slow.ts";
import { expiredTokens, forgedTokens, unsignedTokens, wrongRoomTokens } from "./tokens.ts";
import { markup, staffNames } from "./words.ts";

/**
 * The process of the abusers: does what it is told, for so long or until it is told to stop, and answers with what it found. Each
 * kind comes from an address of its own, so that what is bounded by address is bounded for each kind alone.
 */
export type Order = { kinds: readonly string[]; ms: number | null } | { stop: true };

const kinds: Readonly<Record<string, Kind>> = {
  malformedJson,
  wrongTypes,
  unknownKinds,
  hugeFrames,
  invalidUtf8,
  expiredTokens,
  forgedTokens,
  unsignedTokens,
  wrongRoomTokens,
  flood,
  markup,
  staffNames,
  neverReading,
  slowLoris,
  noHello,
};
const port = Number(process.argv[2]);
let stopped = false;

process.on("message", (order: Order) => {
  if ("stop" in order) stopped = true;
  else void work(order.kinds, order.ms).then((outcomes) => process.send?.(outcomes));
});
process.on("disconnect", () => process.exit(0));
process.once("SIGTERM", () => process.exit(0));
process.send?.({ ready: true });

function work(names: readonly string[], ms: number | null): Promise<Outcome[]> {
  const endsAt = performance.now() + (ms ?? Infinity);
  const shift: Shift = { isOver: () => stopped || performance.now() >= endsAt };
  return Promise.all(names.map((name) => workAs(name, shift)));
}

async function workAs(name: string, shift: Shift): Promise<Outcome> {
  const kind = kinds[name];
  if (kind === undefined) throw new Error(`There is no abuse ${name}.`);
  const findings = createFindings(name);
  const address = `127.0.1.${Object.keys(kinds).indexOf(name) + 1}`;
  await kind({ port, address }, shift, findings);
  return findings.outcome;
}
