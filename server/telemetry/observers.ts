import type { Logger } from "pino";
import type { ApiObserver } from "../api/http-app.ts";
import type { BusOptions } from "../bus/bus-options.ts";
import type { Gateway, GatewayObserver } from "../gateway/state.ts";
import type { Keeper } from "../keeper/keeper.ts";
import type { KeeperObserver } from "../keeper/state.ts";
import type { SegmentsObserver } from "../segments/room-segments.ts";
import type { Metrics } from "./metrics.ts";

/** From what the parts of a server report to numbers and log lines. */
export function gatewayObserver(metrics: Metrics, logger: Logger): GatewayObserver {
  return {
    frameIn: (kind) => metrics.framesIn(kind),
    delivered(entries, sockets, bytes) {
      metrics.deliveredEntries.inc(entries);
      metrics.socketWrites.inc(sockets);
      metrics.bytesOut.inc(bytes);
    },
    refused: (reason) => metrics.refused(reason),
    left: (reason) => metrics.left(reason),
    closed: (why) => metrics.closed(why),
    limit: (name) => metrics.limit(name),
    gap: (reason) => metrics.gaps(reason),
    shed: (messages) => metrics.messagesShed.inc(messages),
    tier(room, { tier, heat, warned, cohorts }) {
      const percent = Math.round(heat * 100);
      if (warned) logger.warn({ room, tier, percent, cohorts }, "A room is hot.");
      else logger.info({ room, percent }, "A room is calm again.");
    },
    logFailed: logFailed(metrics, logger),
  };
}

export function keeperObserver(metrics: Metrics, logger: Logger): KeeperObserver {
  return {
    appended(records, tookMs) {
      metrics.recordsAppended.inc(records.length);
      for (const { index } of records) for (const { scope } of index) metrics.entriesAppended(scope);
      metrics.appendSeconds.observe(tookMs / 1_000);
    },
    answered(answers) {
      for (const { reply } of answers) metrics.answers(reply.t);
    },
    limit: (name) => metrics.limit(name),
    logFailed: logFailed(metrics, logger),
    revokeFailed(sentence) {
      metrics.logFailures.inc();
      logger.error({ sentence }, "Tokens could not be called back.");
    },
    trimmed: (records) => metrics.recordsTrimmed.inc(records),
  };
}

export function apiObserver(metrics: Metrics, logger: Logger): ApiObserver & SegmentsObserver {
  return {
    answered: metrics.httpAnswers,
    limit: (name) => metrics.limit(name),
    coded(coding, bytes) {
      metrics.segmentsCoded(coding);
      metrics.segmentBytes.inc(bytes);
    },
    failed: (route, error) => logger.error({ route, err: error }, "An HTTP request failed."),
  };
}

/** For the bus's `onLost`. */
export function busLost(metrics: Metrics): NonNullable<BusOptions["onLost"]> {
  return (reason, count) => metrics.busLost(reason, count);
}

export function watchGateway(metrics: Metrics, gateway: Gateway): void {
  metrics.gauge("chorus_connections", "Open connections", () => gateway.sessions.size);
  metrics.gauge(
    "chorus_write_microseconds",
    "What one write to a socket takes, as measured",
    () => gateway.pace.writeUs,
  );
  metrics.gauge(
    "chorus_window_stretch",
    "How many times longer windows are than each room would need alone; above 1 the loop is full",
    () => gateway.pace.stretch,
  );
  const warm = () => [...gateway.warm];
  metrics.gauge("chorus_rooms_hot", "Rooms that have given something up", () =>
    warm().reduce((rooms, { ladder }) => rooms + (ladder.tier === "calm" ? 0 : 1), 0),
  );
  metrics.gauge("chorus_rooms_capped", "Rooms that show each viewer a part of the messages", () =>
    warm().reduce((rooms, { allowance }) => rooms + (allowance === null ? 0 : 1), 0),
  );
  metrics.gauge(
    "chorus_hottest_room_percent",
    "Of what a gateway gives a room, what writing to the hottest takes; above 100 it gives something up",
    () => warm().reduce((percent, { ladder }) => Math.max(percent, Math.round(ladder.heat * 100)), 0),
  );
  metrics.gauge("chorus_stalled", "Viewers of a room who do not read what they were sent", () =>
    stalledIn(gateway),
  );
  metrics.gauge("chorus_rooms_followed", "Rooms that a gateway follows", () => gateway.feeds.size);
  metrics.gauge("chorus_rooms_polled", "Rooms that a gateway follows for those who poll them", () => {
    return [...gateway.feeds.values()].filter(({ followers }) => followers.size > 0).length;
  });
}

/** Whoever is stalled is among those who did not get a flush. */
function stalledIn({ feeds }: Gateway): number {
  let count = 0;
  for (const { audiences } of feeds.values())
    for (const { behind } of [audiences.public, audiences.staff])
      for (const { cursor } of behind) if (cursor.stalledSince !== null) count += 1;
  return count;
}

export function watchKeeper(metrics: Metrics, keeper: Keeper): void {
  metrics.gauge("chorus_rooms_loaded", "Rooms in the keeper's memory", () => keeper.stats().rooms);
  metrics.gauge("chorus_mailbox_inputs", "Inputs that wait for a turn", () => keeper.stats().mailbox);
}

function logFailed(metrics: Metrics, logger: Logger): (room: string, sentence: string) => void {
  return (room, sentence) => {
    metrics.logFailures.inc();
    logger.error({ room, sentence }, "The log failed.");
  };
}
