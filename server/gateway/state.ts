import type { Pace } from "@chorus/core/delivery/window.ts";
import type { Input } from "@chorus/core/room/inputs.ts";
import type { Cursor } from "@chorus/core/delivery/cursor.ts";
import type { Allowance } from "@chorus/core/delivery/cut.ts";
import type { Gathering } from "@chorus/core/delivery/gathering.ts";
import type { Ladder } from "@chorus/core/delivery/ladder.ts";
import type { Marks } from "@chorus/core/delivery/marks.ts";
import type { Ring } from "@chorus/core/delivery/ring.ts";
import type { Audience, RoomRecord } from "@chorus/core/record.ts";
import type { Message } from "@chorus/protocol/entries.ts";
import type { CloseName } from "@chorus/protocol/close-codes.ts";
import type { EntryId, Epoch, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { Hello } from "@chorus/protocol/requests.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Left, Tally } from "@chorus/protocol/frames.ts";
import type { CountedLimit } from "../api/api-limits.ts";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Person, Rights } from "../identity/person.ts";
import type { RevocationStore } from "../identity/revocations.ts";
import type { LogReader } from "../log/log.ts";
import type { Admission } from "./admission.ts";
import type { Connection } from "./connection.ts";
import type { Crowd } from "./crowd.ts";
import type { Round } from "./rounds.ts";
import type { Urgent } from "./safety.ts";

/** What one gateway process holds: sockets and positions, and one ring of ready frames for each room in use. */
export type Gateway = GatewayOptions & {
  readonly sessions: Map<number, Session>;
  readonly people: Map<PersonId, Set<Session>>;
  readonly addresses: Map<string, number>;
  readonly crowd: Crowd;
  admission: Admission;
  readonly feeds: Map<RoomId, Feed>;
  readonly calls: Map<number, (answer: unknown) => void>;
  /** Rooms whose window is over in this turn of the loop. */
  due: Feed[];
  /** What is done just now counts as writing. */
  timing: boolean;
  /** Inputs of this turn of the loop, on their way to the keeper. */
  outbox: { room: RoomId; input: Input }[];
  nextSession: number;
  nextCall: number;
  inFlight: number;
  heardAnswerAt: Time;
  pace: Pace;
  /** Since the pace was last judged. */
  readonly worked: {
    at: Time;
    busyMs: number;
    cpuMs: number;
    writes: number;
    bytes: number;
    writingMs: number;
    totals: number;
  };
  /** Writes to each room since then, and the rooms that took a large part of them in the second before. */
  readonly wrote: Map<Feed, number>;
  large: ReadonlySet<Feed>;
  /** Written to all rooms together, in the second before. */
  bytesPerSecond: number;
  /** Rooms in which something was said lately, or that are not calm. */
  readonly warm: Set<Feed>;
  /** Of which life of the keeper, and how many: what this gateway was told last of whose tokens are void, and what it knows. */
  readonly revoked: { heard: Revision; known: Revision; reading: boolean };
  keeper: string | null;
  keeperHeardAt: Time;
};

type Revision = { readonly keeper: string | null; readonly revision: number };

export type GatewayOptions = {
  readonly id: string;
  readonly bus: Bus;
  readonly log: LogReader;
  readonly clock: Clock;
  /** `connections` bounds this gateway, the others all `gateways` of the server together; there is one if nothing is said. */
  readonly caps: {
    connections: number;
    perAddress: number;
    perPerson: number;
    /** Viewers of one room. */
    perRoom: number;
    gateways?: number;
    /** What this gateway's line carries; default: more than it can write. */
    egressBytesPerSecond?: number;
    /** The part of the loop that writing to one room may take before the room gives something up. Default: 0.35. */
    roomShare?: number;
    /** A cache stands before this server, so that rooms which are far too hot may be read by segments. Default: false. */
    segments?: boolean;
  };
  mintId(): EntryId;
  /** Finds out who a hello is from. Answers once, now or later. */
  authenticate(hello: Hello, now: Time, done: (verdict: Verdict) => void): void;
  /** A fresh JWT for a live connection. */
  renew(token: string, now: Time, done: (verdict: Verdict) => void): void;
  resumeToken(person: Person, now: Time): string;
  /** Filled by the gateway; what finds out who somebody is asks it. */
  readonly revocations: RevocationStore;
  /** From how many readers on a frame is deflated. Default: as many as make it worth its time. */
  readonly deflateReadersMin?: number;
  readonly observe: GatewayObserver;
};

export type Verdict =
  | { ok: true; person: Person; guest: string | null }
  | { ok: false; close: CloseName; sentence: string };

export type GatewayObserver = {
  frameIn?(kind: string, bytes: number): void;
  /** Entries and bytes to all sockets together. */
  delivered?(entries: number, sockets: number, bytes: number): void;
  refused?(reason: RefusalReason): void;
  left?(reason: Left["reason"]): void;
  closed?(why: CloseName): void;
  limit?(name: CountedLimit): void;
  gap?(reason: string): void;
  /** A room has come to another tier, or is warned of. */
  tier?(room: RoomId, ladder: Ladder): void;
  /** Messages that no cohort had room for. */
  shed?(messages: number): void;
  logFailed?(room: RoomId, sentence: string): void;
};

export type Session = {
  readonly id: number;
  readonly connection: Connection;
  phase: "greeting" | "verifying" | "open" | "closed";
  openedAt: Time;
  heardAt: Time;
  person: Person | null;
  /** What their name looks like, once for all rooms. */
  skeleton: string;
  countsAs: "viewer" | "overlay" | "bot";
  /** Whether the client reads deflated frames. */
  deflates: boolean;
  /** Whether it reads segments where a room asks for that. */
  polls: boolean;
  readonly members: Map<RoomId, Member>;
  /** Frames that came before the token was verified. */
  early: string[];
  tokens: number;
  tokensAt: Time;
  overRate: number;
  malformed: number;
  /** Commands that the keeper has not answered; it may never, so they count no longer than one would wait. */
  unanswered: number;
  commandedAt: Time;
  refreshBy: Time | null;
  /** When the next resume token is due, long before the last one runs out. */
  resumeDue: Time;
};

/** One session in one room. */
export type Member = {
  readonly session: Session;
  readonly feed: Feed;
  readonly rights: Rights;
  readonly audience: Audience;
  /** Their place where the room says more than a person can read. */
  readonly cohort: number;
  /** Nobody looks: nothing is written to them but totals, and what is for them alone. */
  readonly hidden: boolean;
  /** `waiting` until the room has let them in, which is told by `joined`; then `joining` until the first view is written. */
  phase: "waiting" | "joining" | "live";
  readonly cursor: Cursor;
  /** When their next taps are due at the pace that people tap at most. */
  tapsDue: Time;
};

/** Who reads a room without a socket: hears of it in order, and keeps the feed as long as it follows. */
export type Follower = {
  /** The room has answered: how it is run is known. */
  live(): void;
  /** It is read from another place on, or in another epoch. */
  restarted(ring: Ring): void;
  took(record: RoomRecord): void;
  /** There is no such room. */
  ended(): void;
};

/** A room at this gateway. */
export type Feed = {
  readonly room: RoomId;
  phase: "attaching" | "live" | "refilling";
  ring: Ring | null;
  settings: RoomSettings | null;
  readonly bans: Map<PersonId, Time | null>;
  readonly audiences: Record<Audience, FeedAudience>;
  /** Joins that wait for the room to be attached. */
  waiting: { member: Member; position: Position | null }[];
  readonly followers: Set<Follower>;
  /** Records that came ahead of a hole, by offset. */
  early: Map<number, RoomRecord>;
  tally: Tally | null;
  /** The totals that were told last. */
  readonly told: { v: number; at: Time; text: string };
  ladder: Ladder;
  /** Since the heat was last judged, and smoothed. */
  readonly said: { entries: number; bytes: number; tallies: number; tapFrames: number };
  readonly perSecond: { entries: number; bytes: number; tallies: number; tapFrames: number };
  /** How much shorter what is written is than its text, since some read it deflated. */
  shrink: number;
  /** About how many were sent away to read segments, and would come back. */
  polled: number;
  /** How often it was asked what there is to be polled, since when, and how many do so by the last count. */
  readonly polls: { asked: number; since: Time; viewers: number };
  /** While the room is capped. */
  allowance: Allowance | null;
  /** Counted and not told to the keeper yet; null for none. */
  taps: Record<string, number> | null;
  gathering: Gathering;
  flushedAt: Time;
  flushPlanned: boolean;
  /** What is on its way to all, the earliest lane first. */
  readonly rounds: Round[];
  writing: boolean;
  slicePlanned: boolean;
  /** What the next flush holds. */
  readonly unflushed: { entries: number; bytes: number };
  emptySince: Time | null;
  askedAt: Time;
  /** How often in a row what was missing could not be read back. */
  refillsFailed: number;
  sending: "open" | "paused";
  leased: number;
  leasedAt: Time;
};

/** One frame, as each reader can read it. */
export type Forms = { text: Buffer; deflated: Buffer };

export type Position = { epoch: Epoch; seq: Seq };

export type FeedAudience = {
  readonly members: Set<Member>;
  /** How many of the members read deflated frames. */
  deflating: number;
  /** Members who did not get a flush, because they read too slowly: they are looked after one by one. */
  readonly behind: Set<Member>;
  /** Where the last round began: it has all up to there for everybody. */
  begun: Seq;
  /** The newest that anybody was sent. */
  flushed: Seq;
  /** Safety, which leaves at once, or after what of it is on its way. */
  urgent: { readonly waiting: Urgent[]; isOnItsWay: boolean };
  /** Frames up to there, by where they begin and for which cohort; empty when they are to be made (anew). */
  readonly forms: Map<number, Forms>;
  marks: Marks;
  view: {
    at: Time;
    offset: number;
    seq: Seq;
    frame: Buffer;
    deflated: Buffer | null;
    shadowed: readonly Message[];
  } | null;
  /** Views older than this show what must not be shown any more. */
  viewsFrom: number;
  viewAskedAt: Time | null;
  viewWaiters: {
    member: Member;
    gap: { from: Seq; reason: "too-many" | "slow" | "epoch" | "retention" } | null;
  }[];
};
