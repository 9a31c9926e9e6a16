import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { entryId, key, roomId, time } from "@chorus/protocol/ids.ts";
import { pino } from "pino";
import { noBytes } from "../bus/bus.ts";
import { createLocalBus } from "../bus/local-bus.ts";
import { aRoom, aStack, testClock } from "../api/api-stack.fixture.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { gatherMetrics, merged, metricsProcessesMax, toMetrics } from "./metrics-exchange.ts";
import {
  apiObserver,
  busLost,
  gatewayObserver,
  keeperObserver,
  watchGateway,
  watchKeeper,
} from "./observers.ts";

const silent = pino({ level: "silent" });
const room = roomId("demo");

async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test("O5.5 what a gateway does is counted under closed names", async () => {
  const metrics = createMetrics("gateway-1");
  const observe = gatewayObserver(metrics, silent);
  observe.frameIn?.("say", 10);
  observe.frameIn?.("anything else", 10);
  observe.frameIn?.("constructor", 10);
  observe.delivered?.(60, 20, 10_000);
  observe.refused?.("busy");
  observe.closed?.("stalled");
  observe.limit?.("framesPerSecond");
  observe.gap?.("slow");
  observe.gap?.("never heard of");
  observe.logFailed?.(room, "The disk is full.");
  busLost(metrics)("overflow", 4);
  const expected = {
    chorus_frames_in_total: ['{kind="say",process="gateway-1"} 1', '{kind="other",process="gateway-1"} 2'],
    chorus_delivered_entries_total: ['{process="gateway-1"} 60'],
    chorus_socket_writes_total: ['{process="gateway-1"} 20'],
    chorus_bytes_out_total: ['{process="gateway-1"} 10000'],
    chorus_refused_total: ['{reason="busy",process="gateway-1"} 1'],
    chorus_closed_total: ['{why="stalled",process="gateway-1"} 1'],
    chorus_limit_total: ['{limit="framesPerSecond",process="gateway-1"} 1'],
    chorus_gaps_total: ['{reason="slow",process="gateway-1"} 1', '{reason="other",process="gateway-1"} 1'],
    chorus_log_failures_total: ['{process="gateway-1"} 1'],
    chorus_bus_lost_total: ['{reason="overflow",process="gateway-1"} 4'],
  };
  for (const [name, lines] of Object.entries(expected)) {
    assert.deepEqual(
      await samples(metrics, name),
      lines.map((line) => name + line),
    );
  }
  metrics.stop();
});

test("O5.6 what a keeper stores and answers is counted, and how long it takes", async () => {
  const metrics = createMetrics("keeper");
  await using stack = await aStack();
  await aRoom(stack);
  await stack.says("ada", "hello");
  const records = await new Promise<
    Parameters<NonNullable<ReturnType<typeof keeperObserver>["appended"]>>[0]
  >((done) => {
    stack.log.records(room, 1, 100, (outcome) =>
      done(outcome.ok && outcome.value !== "no-such-room" ? outcome.value : []),
    );
  });
  const observe = keeperObserver(metrics, silent);
  observe.appended?.(records, 7);
  const origin = { gateway: "gateway-1", connection: 1 };
  const ack = {
    t: "ack",
    room,
    key: key("session-1:0"),
    id: entryId("entry-000001"),
    time: time(1),
  } as const;
  observe.answered?.([
    { origin, reply: ack },
    { origin, reply: { t: "refused", reason: "pace", sentence: "Wait." } },
  ]);
  assert.deepEqual(await samples(metrics, "chorus_records_appended_total"), [
    `chorus_records_appended_total{process="keeper"} ${records.length}`,
  ]);
  const all = records.flatMap(({ index }) => index).filter(({ scope }) => scope === "all").length;
  assert.ok(
    (await samples(metrics, "chorus_entries_appended_total")).includes(
      `chorus_entries_appended_total{scope="all",process="keeper"} ${all}`,
    ),
  );
  assert.deepEqual(await samples(metrics, "chorus_append_seconds_sum"), [
    'chorus_append_seconds_sum{process="keeper"} 0.007',
  ]);
  assert.deepEqual(await samples(metrics, "chorus_answers_total"), [
    'chorus_answers_total{answer="ack",process="keeper"} 1',
    'chorus_answers_total{answer="refused",process="keeper"} 1',
  ]);
  metrics.stop();
});

test("O5.7 sizes are read when they are asked for", async () => {
  const metrics = createMetrics("single");
  await using stack = await aStack();
  watchGateway(metrics, stack.gateway);
  watchKeeper(metrics, stack.keeper);
  assert.deepEqual(await samples(metrics, "chorus_connections"), ['chorus_connections{process="single"} 0']);
  assert.deepEqual(await samples(metrics, "chorus_rooms_loaded"), [
    'chorus_rooms_loaded{process="single"} 0',
  ]);
  await aRoom(stack);
  assert.deepEqual(await samples(metrics, "chorus_rooms_loaded"), [
    'chorus_rooms_loaded{process="single"} 1',
  ]);
  assert.deepEqual(await samples(metrics, "chorus_mailbox_inputs"), [
    'chorus_mailbox_inputs{process="single"} 0',
  ]);
  assert.equal((await samples(metrics, "chorus_loop_lag_seconds")).length, 3);
  metrics.stop();
});

test("O5.8 answers over HTTP are counted by route and status, and never by address", async () => {
  const metrics = createMetrics("gateway-1");
  await using stack = await aStack({ observe: apiObserver(metrics, silent) });
  for (const path of ["/v1/rooms/one", "/v1/rooms/two", "/nothing", "/nothing/else"])
    await (await stack.get(path)).text();
  await turn();
  assert.deepEqual(await samples(metrics, "chorus_http_answers_total"), [
    'chorus_http_answers_total{route="/v1/rooms/:room",status="404",process="gateway-1"} 2',
    'chorus_http_answers_total{route="none",status="404",process="gateway-1"} 2',
  ]);
  metrics.stop();
});

test("O5.4 families of several processes are merged under one head", () => {
  const first =
    '# HELP a A.\n# TYPE a counter\na{process="1"} 1\n\n# HELP b B.\n# TYPE b gauge\nb{process="1"} 2\n';
  const second = '# HELP b B.\n# TYPE b gauge\nb{process="2"} 3\n\n# HELP c C.\n# TYPE c gauge\n';
  assert.equal(
    merged([first, second, ""]),
    '# HELP a A.\n# TYPE a counter\na{process="1"} 1\n\n# HELP b B.\n# TYPE b gauge\nb{process="1"} 2\nb{process="2"} 3\n\n# HELP c C.\n# TYPE c gauge\n',
  );
});

test("O5.9 the processes whose metrics are kept are bounded", async () => {
  const bus = createLocalBus();
  const gathered = gatherMetrics(bus, testClock());
  for (let process = 0; process <= metricsProcessesMax; process += 1) {
    const body = Buffer.from(`# HELP a A.\n# TYPE a gauge\na{process="${process}"} 1\n`);
    bus.publish(toMetrics, { head: { m: "metrics", process: String(process) }, body });
  }
  bus.publish(toMetrics, { head: { m: "metrics", process: "0" }, body: noBytes });
  await turn();
  await turn();
  assert.equal(
    gathered.exposition("").match(/^a\{/gm)?.length,
    metricsProcessesMax - 1,
    "the first told anew that it has none",
  );
  gathered.stop();
  bus.close();
});
