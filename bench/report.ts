import { cpus, release, totalmem } from "node:os";

/** What every benchmark ends with: figures of Chorus, figures of control rows from the same run, and what must hold. */
export type Report = {
  scenario: string;
  machine: { cpu: string; cores: number; memoryGiB: number; node: string; kernel: string; date: string };
  figures: Record<string, number>;
  controls: Record<string, Record<string, number>>;
  checks: Check[];
};
export type Check = { name: string; value: number; limit: number; ok: boolean };

export function machine(): Report["machine"] {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: release(),
    date: new Date().toISOString().slice(0, 10),
  };
}

export function atMost(name: string, value: number, limit: number): Check {
  return { name, value, limit, ok: value <= limit };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return Number(((low + high) / 2).toFixed(4));
}

export function print(report: Report, json: boolean): void {
  if (!json) {
    for (const [name, value] of Object.entries(report.figures)) console.log(`${name}: ${value}`);
    for (const [row, figures] of Object.entries(report.controls)) {
      for (const [name, value] of Object.entries(figures)) console.log(`${row}, ${name}: ${value}`);
    }
    for (const { name, value, limit, ok } of report.checks)
      console.log(`${ok ? "ok    " : "FAILED"} ${name}: ${value} <= ${limit}`);
    if (report.checks.some(({ name, ok }) => !ok && name.startsWith("valid.")))
      console.log("INVALID: what put the load on was too slow, or something else used the server's core.");
  }
  console.log(JSON.stringify(report));
  process.exitCode = report.checks.every(({ ok }) => ok) ? 0 : 1;
}

/** Those cases of a benchmark that were asked for: all of them, or the one of that name. */
export function chosen<T extends { readonly name: string }>(
  those: readonly T[],
  only: string | undefined,
): readonly T[] {
  const found = those.filter(({ name }) => only === undefined || name === only);
  if (found.length === 0)
    throw new Error(`There is no such case: it is one of ${those.map(({ name }) => name).join(", ")}.`);
  return found;
}
