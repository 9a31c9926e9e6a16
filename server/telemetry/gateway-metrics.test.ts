import assert from "node:assert/strict";
import { test } from "node:test";
import { roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { aStage } from "../gateway/stage.fixture.ts";
import { countedReads } from "../log/counted-reads.ts";
import { createMemoryLog } from "../log/memory-log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { watchGateway } from "./observers.ts";

test("O5.12 every reading of the log is counted, by what it asks for", async () => {
  const metrics = createMetrics("gateway-1");
  const log = countedReads(createMemoryLog(), metrics.logReads);
  let answered = 0;
  const done = (): void => void (answered += 1);
  log.head(roomId("demo"), done);
  log.records(roomId("demo"), 1, 10, done);
  log.records(roomId("demo"), 11, 10, done);
  assert.equal(answered, 3);
  assert.deepEqual(await samples(metrics, "chorus_log_reads_total"), [
    'chorus_log_reads_total{what="head",process="gateway-1"} 1',
    'chorus_log_reads_total{what="records",process="gateway-1"} 2',
  ]);
  metrics.stop();
});

test("O5.13 who does not read is counted, until they do", async () => {
  const metrics = createMetrics("gateway-1");
  const stage = aStage();
  watchGateway(metrics, stage.gateway);
  const [slow, quick] = [stage.enters("slow"), stage.enters("quick")];
  stage.hears("one");
  stage.passes(limits.stalledMs + 1);
  quick.reports(quick.position());
  assert.deepEqual(await samples(metrics, "chorus_stalled"), ['chorus_stalled{process="gateway-1"} 0']);
  stage.hears("two");
  stage.passes(1_000);
  assert.deepEqual(await samples(metrics, "chorus_stalled"), ['chorus_stalled{process="gateway-1"} 1']);
  slow.reports(slow.position());
  assert.deepEqual(await samples(metrics, "chorus_stalled"), ['chorus_stalled{process="gateway-1"} 0']);
  metrics.stop();
});

async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`));
}
