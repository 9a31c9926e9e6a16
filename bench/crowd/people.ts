import { type RoomId, roomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { CrowdSpec, Group } from "./orders.ts";
import { createScan } from "./scan.ts";
import { countDurations } from "./tallies.ts";
import type { GroupEars, Viewer } from "./viewer.ts";

/** What is heard of a group in this process. */
export function earsOf({ paced = false }: Group, index: number): GroupEars {
  return {
    index,
    paced,
    publish: countDurations(),
    ack: countDurations(),
    safety: countDurations(),
    seen: new Set(),
    acked: new Set(),
    newest: [],
    tier: 0,
    tierMet: 0,
    reactions: {},
    gatherMsMet: limits.gatherMsMin,
  };
}

/** This process's share of everybody. */
export function peopleOf({ groups, part, parts }: CrowdSpec, ears: readonly GroupEars[]): Viewer[] {
  let first = 0;
  return groups.flatMap((group, index) => {
    const own = ears[index];
    if (own === undefined) throw new Error(`There is no group ${index}.`);
    const people = ofGroup(group, own, first, part, parts);
    first += group.viewers;
    return people;
  });
}

/** Who talks or moderates reads everything too. */
function ofGroup(group: Group, ears: GroupEars, first: number, part: number, parts: number): Viewer[] {
  const stride = Math.max(1, Math.floor(group.viewers / Math.max(1, group.readers)));
  const people: Viewer[] = [];
  for (let i = part; i < group.viewers; i += parts) {
    const talks = i < group.talkers;
    const isModerator = i >= group.viewers - group.moderators;
    const reads = talks || isModerator || (group.readers > 0 && Math.floor(i / parts) % stride === 0);
    const room = roomId(group.rooms === 1 ? group.room : `${group.room}-${i % group.rooms}`);
    people.push(personOf(first + i, room, ears, { talks, isModerator, reads }));
  }
  return people;
}

type Part = { talks: boolean; isModerator: boolean; reads: boolean };

function personOf(
  number: number,
  room: RoomId,
  group: GroupEars,
  { talks, isModerator, reads }: Part,
): Viewer {
  return {
    number,
    room,
    group,
    reads,
    isModerator,
    talker: talks ? { acked: new Set(), shown: new Set(), saidAt: new Map() } : null,
    gatherMs: limits.gatherMsMin,
    nextKey: 0,
    scan: createScan(),
    socket: null,
    stage: "away",
    resume: null,
    epoch: null,
    position: 0,
    target: 0,
    closeCode: null,
    attempts: 0,
    dueAt: Infinity,
    liveAt: 0,
    lostAt: null,
    heardAt: 0,
    seen: 0,
    seenDue: Infinity,
    unseenBytes: 0,
    joinAt: Infinity,
    stopped: false,
  };
}
