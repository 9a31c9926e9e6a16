import type { Counts, Durations } from "./tallies.ts";

/**
 * Who is in which room, over all processes of a crowd. Where there are several rooms they are `room-0`, `room-1` …, and people are
 * dealt to them in turns. The first of them talk; of the others some, spread evenly, read everything, the rest only what
 * frames begin with. The last ones are moderators.
 */
export type Group = {
  room: string;
  rooms: number;
  viewers: number;
  talkers: number;
  readers: number;
  moderators: number;
  /** Talkers have the rights of every viewer, and no more: who talks too fast, or says the same again, is refused. */
  paced?: boolean;
};

/** What a process of the crowd is told first. It is one of `parts`, and has every so manieth of the people. */
export type CrowdSpec = {
  port: number;
  /** Encodings that everybody offers. */
  accept: string[];
  groups: Group[];
  part: number;
  parts: number;
  chat: string | null;
};

export type CrowdOrder =
  /** Lets everybody in, so many a second. Answered when all are live, or when it has taken too long. */
  | { do: "enter"; perSecond: number }
  /** So many messages a second of all talkers of a group together. Answered when all is said. */
  | { do: "say"; group: number; perSecond: number; ms: number }
  /** A moderator of the group takes back a message that they have just seen, again and again. */
  | { do: "remove"; group: number; everyMs: number; ms: number }
  /** Everybody in the group taps so often, and sends it so often; null for as often as the server says. */
  | { do: "tap"; group: number; perSecondEach: number; everyMs: number | null; ms: number }
  /** Some of a group stop reading what their sockets hold, or read again. */
  | { do: "pause"; group: number; viewers: number }
  | { do: "resume" }
  /** What was counted since this was asked last. */
  | { do: "phase" }
  | { do: "look" }
  | { do: "ids" };

/** In whole milliseconds: from when it was said until a reader had it; until its answer; from a removal's time until a reader had it. */
export type GroupDurations = { publish: Durations; ack: Durations; safety: Durations };

/** What part of a crowd was in a span of time. `cpuMs` is the process's own. */
export type Phase = {
  counts: Counts;
  groups: GroupDurations[];
  /** From losing the connection until everything up to then was there again. */
  away: Durations;
  ms: number;
  cpuMs: number;
};

/** How it stands now. `positions` are of those in the first group: all have everything when they are the same. */
export type Look = {
  viewers: number;
  live: number;
  readers: number;
  positions: { lowest: number; highest: number };
  /** How many steps the room is cut back that is cut back most; now, and at any time. */
  tier: number;
  tierMet: number;
  reactions: Record<string, number>;
  /** The longest that anybody was told to gather taps. */
  gatherMsMet: number;
};

/** Ids of messages, of the first group. */
export type Ids = { acked: string[]; seen: string[]; ownUnseen: number };
