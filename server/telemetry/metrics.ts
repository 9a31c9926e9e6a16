import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Scope } from "@chorus/core/record.ts";
import { type CloseName, closeCodes } from "@chorus/protocol/close-codes.ts";
import { type Left, leftReasons } from "@chorus/protocol/frames.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { type RefusalReason, refusalReasons } from "@chorus/protocol/refusals.ts";
import { requestSchemas } from "@chorus/protocol/requests.ts";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { apiLimits, type CountedLimit } from "../api/api-limits.ts";
import type { LostReason } from "../bus/bus-options.ts";
import { type LogReadKind, logReadKinds } from "../log/counted-reads.ts";
import type { Coding } from "../segments/segment-file.ts";

/**
 * The numbers of one process. Every label has a closed set of values, known here, so that no client can make series: what is
 * of no known kind is counted as "other".
 */
export type Metrics = {
  readonly registry: Registry;
  readonly framesIn: Counting<string>;
  readonly refused: Counting<RefusalReason>;
  readonly left: Counting<Left["reason"]>;
  readonly closed: Counting<CloseName>;
  readonly limit: Counting<CountedLimit>;
  readonly gaps: Counting<string>;
  readonly busLost: Counting<LostReason>;
  readonly answers: Counting<"ack" | "held" | "refused">;
  readonly entriesAppended: Counting<Scope>;
  readonly segmentsCoded: Counting<Coding>;
  readonly segmentBytes: Counter;
  readonly httpAnswers: (route: string, status: number) => void;
  readonly deliveredEntries: Counter;
  readonly socketWrites: Counter;
  readonly bytesOut: Counter;
  readonly messagesShed: Counter;
  readonly recordsAppended: Counter;
  readonly recordsTrimmed: Counter;
  readonly logReads: Counting<LogReadKind>;
  readonly logFailures: Counter;
  readonly appendSeconds: Histogram;
  /** A number that is read when somebody asks for it. */
  gauge(name: string, help: string, read: () => number): void;
  stop(): void;
};
export type Counting<Name extends string> = (name: Name, by?: number) => void;

const gapReasons = ["too-many", "slow", "epoch", "retention"];
const lostReasons = ["too-large", "overflow", "disconnected", "malformed", "too-many"] satisfies LostReason[];
const codings = ["br", "gzip", "identity"] satisfies Coding[];
const scopes = ["all", "staff", "person"] satisfies Scope[];
const limitNames = [...Object.keys(limits), ...Object.keys(apiLimits), "callsInFlightMax", "crowdToldMax"];
/** From a commit that costs nothing to one that a person notices. */
const appendBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const lagResolutionMs = 20;

/** @param process its name, on every sample: `keeper`, `gateway-1`. */
export function createMetrics(process: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  const lag = watchLag(registry);

  function counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [registry] });
  }

  /** Counted here, and told when somebody asks: `inc` with a label costs as much as parsing a small frame. */
  function counting(name: string, help: string, label: string, values: readonly string[]): Counting<string> {
    const known = new Set(values);
    const untold = new Map<string, number>();
    const total: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [value, by] of untold) total.inc({ [label]: value }, by);
        untold.clear();
      },
    });
    return (value, by = 1) => {
      const counted = known.has(value) ? value : "other";
      untold.set(counted, (untold.get(counted) ?? 0) + by);
    };
  }

  return {
    registry,
    framesIn: counting(
      "chorus_frames_in_total",
      "Frames of clients, by kind",
      "kind",
      Object.keys(requestSchemas),
    ),
    refused: counting("chorus_refused_total", "Refusals sent to clients", "reason", refusalReasons),
    left: counting("chorus_left_total", "Departures told to clients, by reason", "reason", leftReasons),
    closed: counting("chorus_closed_total", "Connections ended by this side", "why", Object.keys(closeCodes)),
    limit: counting("chorus_limit_total", "Limits reached, by name", "limit", limitNames),
    gaps: counting("chorus_gaps_total", "Gaps announced to clients", "reason", gapReasons),
    busLost: counting(
      "chorus_bus_lost_total",
      "Messages and connections lost on the bus",
      "reason",
      lostReasons,
    ),
    answers: counting("chorus_answers_total", "Answers of the keeper", "answer", ["ack", "held", "refused"]),
    entriesAppended: counting(
      "chorus_entries_appended_total",
      "Entries in the log, by scope",
      "scope",
      scopes,
    ),
    segmentsCoded: counting(
      "chorus_segments_coded_total",
      "Segments made for those who poll, by coding",
      "coding",
      codings,
    ),
    segmentBytes: counter("chorus_segment_bytes_total", "Bytes of segments made, all codings"),
    httpAnswers: httpAnswers(registry),
    deliveredEntries: counter(
      "chorus_delivered_entries_total",
      "Entries times the sockets they were written to",
    ),
    socketWrites: counter("chorus_socket_writes_total", "Writes to sockets by fan-out"),
    bytesOut: counter("chorus_bytes_out_total", "Bytes written to sockets by fan-out"),
    messagesShed: counter(
      "chorus_messages_shed_total",
      "Messages that no viewer of a capped room had room for",
    ),
    recordsAppended: counter("chorus_records_appended_total", "Records in the log"),
    recordsTrimmed: counter("chorus_records_trimmed_total", "Records dropped by retention"),
    logReads: counting(
      "chorus_log_reads_total",
      "Readings of the log that a gateway asked for",
      "what",
      logReadKinds,
    ),
    logFailures: counter("chorus_log_failures_total", "Reads and writes that the log could not do"),
    appendSeconds: new Histogram({
      name: "chorus_append_seconds",
      help: "From a record's making until it is durable",
      buckets: appendBuckets,
      registers: [registry],
    }),
    gauge(name, help, read) {
      const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: () => gauge.set(read()) });
    },
    stop: () => void lag.disable(),
  };
}

/** Routes come from the table; statuses from problems and answers. */
function httpAnswers(registry: Registry): Metrics["httpAnswers"] {
  const total = new Counter({
    name: "chorus_http_answers_total",
    help: "Answers over HTTP, by route and status",
    labelNames: ["route", "status"],
    registers: [registry],
  });
  return (route, status) => total.inc({ route, status: String(status) });
}

/** How late the loop runs, since the numbers were last read. */
function watchLag(registry: Registry): ReturnType<typeof monitorEventLoopDelay> {
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs });
  lag.enable();
  const gauge: Gauge<"quantile"> = new Gauge({
    name: "chorus_loop_lag_seconds",
    help: "How late the event loop ran since the last reading",
    labelNames: ["quantile"],
    registers: [registry],
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        const late = lag.percentile(quantile * 100) / 1e9 - lagResolutionMs / 1_000;
        gauge.set({ quantile: String(quantile) }, Math.max(0, late));
      }
      lag.reset();
    },
  });
  return lag;
}
