import { createRing, push, type Ring } from "@chorus/core/delivery/ring.ts";
import type { Head, RoomRecord } from "@chorus/core/record.ts";
import { type RoomId, seq } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Outcome } from "../log/log.ts";
import type { Gateway } from "./state.ts";

/**
 * The ring that a gateway begins with: what the room has heard lately, read from the log once, so that the crowd which
 * comes back to a restarted gateway is resumed from memory and not by a thousand reads. Of a quiet room little is read.
 */
const glanceRecords = 64;
const recentMs = 120_000;

export function recentRing(gateway: Gateway, room: RoomId, head: Head, done: (ring: Ring) => void): void {
  read(gateway, room, head, glanceRecords, (glance) => {
    const [oldest] = glance;
    const quiet = oldest === undefined || oldest.offset === 1 || gateway.clock.now() - oldest.at > recentMs;
    if (quiet) done(ringOf(glance, head));
    else read(gateway, room, head, limits.resumeEntriesMax, (records) => done(ringOf(records, head)));
  });
}

export function recordsIn(
  gateway: Gateway,
  room: RoomId,
  outcome: Outcome<RoomRecord[] | "no-such-room">,
): RoomRecord[] {
  if (outcome.ok) return outcome.value === "no-such-room" ? [] : outcome.value;
  gateway.observe.logFailed?.(room, outcome.failure.message);
  return [];
}

/** The last records up to the head, none when the log does not reach it. */
function read(
  gateway: Gateway,
  room: RoomId,
  head: Head,
  recordsMax: number,
  done: (records: RoomRecord[]) => void,
): void {
  const from = Math.max(1, head.offset - recordsMax + 1);
  gateway.log.records(room, from, recordsMax, (outcome) => {
    const known = recordsIn(gateway, room, outcome).filter(
      ({ epoch, offset }) => epoch === head.epoch && offset <= head.offset,
    );
    done(known.at(-1)?.offset === head.offset ? known : []);
  });
}

function ringOf(records: readonly RoomRecord[], head: Head): Ring {
  const [first] = records;
  if (first === undefined) return createRing(head.epoch, head.offset, head.publicSeq, head.staffSeq);
  const ring = createRing(head.epoch, first.offset - 1, seq(first.publicFrom - 1), seq(first.staffFrom - 1));
  for (const record of records) push(ring, record);
  return ring;
}
