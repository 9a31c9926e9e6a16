import type { Entries, Joined, Tally, TierFrame } from "@chorus/protocol/frames.ts";
import type { Message } from "@chorus/protocol/entries.ts";
import type { EntryId, Epoch, Key, PersonId, RoomId, Time } from "@chorus/protocol/ids.ts";
import type { ClientKind } from "@chorus/protocol/people.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Command, Request } from "@chorus/protocol/requests.ts";
import type {
  ChorusEvents,
  ConnectionStateName,
  RefusedRoomReason,
  Removal,
  RoomEvents,
  RoomStateName,
  Shown,
  Trouble,
} from "./events.ts";
import * as bounds from "./bounds.ts";
import { createRecent, type Recent } from "./recent.ts";

/** What a machine is told of its world when it is made. */
export type MachineOptions = {
  /** 12 to 24 random letters or digits, new for every machine: they name its commands. */
  session: string;
  /** The application can be asked for a token. Without it one is a guest. */
  hasToken: boolean;
  /** A guest's token from an earlier `keep`. */
  guest: string | null;
  name: string | null;
  kind: ClientKind | null;
  /** Encodings that the transport can read. Default: none. */
  accept?: readonly string[] | undefined;
  /** Whether `keep` effects are wanted. */
  keeps: boolean;
  messagesMax: number;
  idsMax: number;
};

/** Orders to the world, and what the application hears. `socket` numbers the connections from 1. */
export type Effect =
  | { do: "open"; socket: number }
  | { do: "send"; socket: number; request: Request }
  | { do: "close"; socket: number; code: number }
  | { do: "fetch-token" }
  /** Store under the key what survives a reload of the tab; null takes it away. */
  | { do: "keep"; key: string; value: unknown }
  | TellRoom
  | TellAll;
export type TellRoom = {
  [Name in keyof RoomEvents]: { do: "tell-room"; room: RoomId; name: Name; value: RoomEvents[Name] };
}[keyof RoomEvents];
export type TellAll = {
  [Name in keyof ChorusEvents]: { do: "tell"; name: Name; value: ChorusEvents[Name] };
}[keyof ChorusEvents];

export type Machine = {
  readonly options: MachineOptions;
  /** Of the step that is running: its time, and its chance, uniform in [0, 1). */
  now: number;
  random: number;
  /** Of the frame that was received last, in UTF-16 units. */
  size: number;
  /** When the machine wants to be woken; Infinity for never. */
  wakeAt: number;
  effects: Effect[];
  link: Link;
  rooms: Room[];
  you: { id: PersonId; name: string | null } | null;
  hidden: boolean;
  /** When a hidden page stops reading, and whether it has. */
  restAt: number;
  rests: boolean;
  /** When the next command would leave at an even pace; it may be `paceBurst` ahead of that. */
  paceAt: number;
  /** For all rooms, so that a room which is left and joined again never hears a key twice. */
  nextCounter: number;
  nextTaps: number;
};

/** The one connection. `dueAt` is when its state ends by itself: the wait, the attempt, or the patience with silence. */
export type Link = {
  state: ConnectionStateName;
  socket: number;
  attempts: number;
  dueAt: number;
  liveAt: number;
  drainAt: number;
  resume: string | null;
  token: string | null;
  guest: string | null;
  /** The application has answered since its last token was found wanting. */
  tokenAsked: boolean;
  fetching: boolean;
  fetchBy: number;
  /** What the last hello said who we are with. */
  used: "resume" | "token" | "guest" | null;
};

export type Room = {
  readonly id: RoomId;
  phase: Exclude<RoomStateName, "paused">;
  sending: "open" | "paused";
  /** Null while the room is calm, as far as was told. */
  tier: TierFrame | null;
  reason: RefusedRoomReason | null;
  /** What the application was told last. */
  told: RoomStateName;
  epoch: Epoch | null;
  /** Everything up to here is applied; -1 when nothing is known of the room. */
  pos: number;
  /** Live once `pos` gets here. */
  target: number;
  audience: Joined["audience"] | null;
  role: Joined["role"] | null;
  grants: Joined["grants"];
  awaitsView: boolean;
  gapTold: boolean;
  /** When the join is sent (again). */
  joinAt: number;
  joinTries: number;
  /** Ranges from beyond a hole, by `from`. */
  early: { range: Entries; until: number }[];
  earlyEntries: number;
  holeAt: number;
  filledTo: number;
  seenPos: number;
  /** Of what is not reported yet; -Infinity when it is much, and a report is due. */
  unseenSize: number;
  seenAt: number;
  seenDue: number;
  tallyVersion: number;
  fold: Fold;
  queue: Pending[];
  retryAt: number;
  retryMs: number;
  queueDue: number;
  taps: Record<string, number>;
  tapsCount: number;
  tapsAt: number;
  tapsDue: number;
};

/** A command that has no answer yet, under its own key for ever. `sentAt` is -1 when this connection has not sent it. */
export type Pending = { request: Command; session: string; counter: number; since: number; sentAt: number };

/** The room as the application shows it. */
export type Fold = {
  messages: Shown[];
  byId: Map<EntryId, Shown>;
  pins: readonly Message[];
  settings: RoomSettings | null;
  tally: Tally | null;
  /** The room's time up to which everything to be shown is known. */
  asOf: number;
  /** Messages, and what is only told: each counts once. */
  toldIds: Recent<EntryId, true>;
  fates: Recent<EntryId, Fate>;
};

/**
 * What was decided last about a message; null for restored. `placed`: it was met at its place in the sequence too, so that
 * a later view knows of it.
 */
export type Fate = { removal: Removal | null; time: Time; placed: boolean };

export function createMachine(options: MachineOptions): Machine {
  return {
    options,
    now: 0,
    random: 0,
    size: 0,
    wakeAt: Infinity,
    effects: [],
    link: {
      state: "idle",
      socket: 0,
      attempts: 0,
      dueAt: Infinity,
      liveAt: Infinity,
      drainAt: Infinity,
      resume: null,
      token: null,
      guest: options.guest,
      tokenAsked: false,
      fetching: false,
      fetchBy: Infinity,
      used: null,
    },
    rooms: [],
    you: null,
    hidden: false,
    restAt: Infinity,
    rests: false,
    paceAt: 0,
    nextCounter: 0,
    nextTaps: 0,
  };
}

export function createRoom(id: RoomId, options: MachineOptions): Room {
  return {
    id,
    phase: "joining",
    sending: "open",
    tier: null,
    reason: null,
    told: "joining",
    epoch: null,
    pos: -1,
    target: 0,
    audience: null,
    role: null,
    grants: [],
    awaitsView: false,
    gapTold: false,
    joinAt: Infinity,
    joinTries: 0,
    early: [],
    earlyEntries: 0,
    holeAt: Infinity,
    filledTo: 0,
    seenPos: 0,
    unseenSize: 0,
    seenAt: -Infinity,
    seenDue: Infinity,
    tallyVersion: -1,
    fold: createFold(options),
    queue: [],
    retryAt: 0,
    retryMs: 0,
    queueDue: Infinity,
    taps: {},
    tapsCount: 0,
    tapsAt: -Infinity,
    tapsDue: Infinity,
  };
}

export function findRoom(machine: Machine, id: RoomId | undefined): Room | undefined {
  for (const room of machine.rooms) if (room.id === id) return room;
  return undefined;
}

export function findPending(room: Room, key: Key): number {
  for (let i = 0; i < room.queue.length; i++) if (room.queue[i]?.request.key === key) return i;
  return -1;
}

export function send(machine: Machine, request: Request): void {
  machine.effects.push({ do: "send", socket: machine.link.socket, request });
}

/** Full jitter: anything from nothing to the bound, so that a crowd that fell together does not return together. */
export function backoff({ random }: Machine, tries: number): number {
  return Math.ceil(random * Math.min(bounds.backoffMaxMs, bounds.backoffMs * 2 ** tries));
}

export function keep(machine: Machine, key: string, value: unknown): void {
  if (machine.options.keeps) machine.effects.push({ do: "keep", key, value });
}

export function tell<Name extends keyof RoomEvents>(
  machine: Machine,
  room: Room,
  name: Name,
  value: RoomEvents[Name],
): void {
  // The compiler cannot see that a name and its own value are always a member of the union.
  machine.effects.push({ do: "tell-room", room: room.id, name, value } as TellRoom);
}

export function tellAll<Name extends keyof ChorusEvents>(
  machine: Machine,
  name: Name,
  value: ChorusEvents[Name],
): void {
  machine.effects.push({ do: "tell", name, value } as TellAll);
}

export function tellTrouble(machine: Machine, { reason, sentence }: Trouble, cause?: unknown): void {
  tellAll(machine, "trouble", { reason, sentence, cause });
}

/** Tells the application once when what it may see of the room's state has changed. */
export function tellState(machine: Machine, room: Room): void {
  const state = stateOf(room);
  if (state === room.told) return;
  room.told = state;
  tell(machine, room, "state", { state, reason: room.reason });
}

export function stateOf(room: Room): RoomStateName {
  return room.phase === "live" && room.sending === "paused" ? "paused" : room.phase;
}

export function isJoined(room: Room): boolean {
  return room.phase === "live" || room.phase === "catching-up";
}

function createFold(options: MachineOptions): Fold {
  return {
    messages: [],
    byId: new Map(),
    pins: [],
    settings: null,
    tally: null,
    asOf: 0,
    toldIds: createRecent(options.idsMax),
    fates: createRecent(options.idsMax),
  };
}
