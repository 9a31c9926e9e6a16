import type { Time } from "@chorus/protocol/ids.ts";
import type { Bus } from "../bus/bus.ts";
import { type Clock, every } from "../clock.ts";
import type { Metrics } from "./metrics.ts";

/**
 * Gateways share one public port, so none of them can be asked for its numbers. Each tells them on the bus; who has the private port
 * keeps the newest of each and shows them beside its own.
 */
export const toMetrics = "metrics";
export const metricsEveryMs = 5_000;
/** Three times silent is gone. */
export const metricsKeptMs = 15_000;
export const metricsProcessesMax = 128;

type MetricsMessage = { m: "metrics"; process: string };

export function startMetricsPublisher(options: {
  bus: Bus;
  clock: Clock;
  process: string;
  metrics: Metrics;
}): () => void {
  const { bus, clock, process, metrics } = options;
  const head: MetricsMessage = { m: "metrics", process };
  void publish();
  return every(clock, metricsEveryMs, () => void publish());

  async function publish(): Promise<void> {
    bus.publish(toMetrics, { head, body: Buffer.from(await metrics.registry.metrics()) });
  }
}

export type GatheredMetrics = {
  /** One exposition of everything that was heard lately, and of `own`. */
  exposition(own: string): string;
  stop(): void;
};

export function gatherMetrics(bus: Bus, clock: Clock): GatheredMetrics {
  const heard = new Map<string, { at: Time; body: Uint8Array }>();

  const stop = bus.subscribe(toMetrics, ({ head, body }) => {
    forgetOld();
    const { process } = head as MetricsMessage;
    if (heard.has(process) || heard.size < metricsProcessesMax) heard.set(process, { at: clock.now(), body });
  });

  function forgetOld(): void {
    for (const [process, { at }] of heard) if (clock.now() - at > metricsKeptMs) heard.delete(process);
  }

  return {
    exposition(own) {
      forgetOld();
      return merged([own, ...[...heard.values()].map(({ body }) => Buffer.from(body).toString("utf8"))]);
    },
    stop,
  };
}

/**
 * Samples of one name stand together under one HELP and TYPE, as the format demands; the label `process` tells them
 * apart. Every exposition is prom-client's: families with an empty line between them, comments first.
 */
export function merged(expositions: readonly string[]): string {
  const families = new Map<string, { comments: string[]; samples: string[] }>();
  for (const block of expositions.flatMap((text) => text.split("\n\n"))) {
    const lines = block.split("\n").filter((line) => line !== "");
    const comments = lines.filter((line) => line.startsWith("# "));
    const samples = lines.filter((line) => !line.startsWith("# "));
    const name = comments[0]?.split(" ")[2];
    if (name === undefined) continue;
    const known = families.get(name);
    if (known === undefined) families.set(name, { comments, samples });
    else known.samples.push(...samples);
  }
  const blocks = [...families.values()].map(({ comments, samples }) => [...comments, ...samples].join("\n"));
  return `${blocks.join("\n\n")}\n`;
}
