import { aboutOf } from "@chorus/core/record.ts";
import type { EntryBody } from "@chorus/protocol/entries.ts";
import type { Entries, Frame } from "@chorus/protocol/frames.ts";
import type { EntryId, RoomId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Room } from "@chorus/sdk/state.ts";
import { type Client, roomOf } from "./client.ts";
import type { GatewayNode } from "./network.ts";
import { goneAt, type Ledger, must, type Visible, visible } from "./ledger.ts";

/** What no client may ever hear or show, checked at every frame, and what all must show when the weather is calm. */
export type Checks = {
  sent(client: Client, frames: readonly Frame[], node: GatewayNode): void;
  heard(client: Client, frame: Frame): void;
  /** After the calm. */
  settled(clients: readonly Client[]): void;
  delivered: number;
};

/**
 * `since`: a view of limited length has left out what was older than this seq; an empty one, all up to its own. `shed` are
 * the seqs that a capped room did not show this client.
 */
type Ear = {
  /** The last seq written on this connection, once a view or a range has said where it is. */
  sent: number | null;
  connection: number;
  epoch: string | null;
  pos: number;
  since: number;
  shed: Set<number>;
  machine: object;
};

export function createChecks(ledger: Ledger, room: RoomId, met: (state: string) => void): Checks {
  const ears = new Map<Client, Ear>();
  const checks: Checks = {
    delivered: 0,
    sent(client, frames, node) {
      const ear = earOf(client);
      for (const frame of frames) {
        checkSequel(ear, frame);
        if (!isStaff(client)) checkRemoval(frame, node);
      }
    },
    heard(client, frame) {
      const ear = earOf(client);
      checkPosition(client, ear);
      hear(client, ear, frame);
    },
    settled(clients) {
      for (const client of clients) checkSettled(client);
    },
  };
  return checks;

  function earOf(client: Client): Ear {
    const known = ears.get(client);
    if (known?.connection === client.connection && known.machine === client.machine) return known;
    const { connection, machine } = client;
    const fresh: Ear =
      known?.machine === machine
        ? { ...known, connection, sent: null }
        : { sent: null, connection, epoch: null, pos: -1, since: 0, shed: new Set(), machine };
    ears.set(client, fresh);
    return fresh;
  }

  function checkPosition(client: Client, ear: Ear): void {
    const own = roomOf(client, room);
    if (own === undefined) return;
    if (own.epoch === ear.epoch)
      must(own.pos >= ear.pos, `R6 a position never goes back: ${own.pos} after ${ear.pos}`);
    ear.epoch = own.epoch;
    ear.pos = own.pos;
  }

  function hear(client: Client, ear: Ear, frame: Frame): void {
    switch (frame.t) {
      case "entries":
        checks.delivered += frame.e.length;
        return hearEntries(client, ear, frame);
      case "view":
        met("view");
        if (isBounded(frame.e.length)) ear.since = Math.max(ear.since, frame.s[0] ?? frame.seq + 1);
        return hearView(client, frame.seq, frame.e);
      case "tier":
        return met(`tier ${frame.tier}`);
      case "safety":
      case "person":
        met(frame.t);
        for (const body of frame.e) mustBeDurable(client, body);
        return;
      case "ack":
      case "held": {
        met(frame.t);
        const done = ledger.done.get(`${personOf(client)} ${frame.key}`);
        must(done !== undefined, `R3 an acknowledged command is durable: ${frame.key}`);
        must(done.id === frame.id, `R3 a retry gets the same answer: ${frame.key}`);
        return;
      }
      case "joined":
        return met(`joined ${frame.how}`);
      case "gap":
        return met(`gap ${frame.reason}`);
      case "refused":
        return met(`refused ${frame.reason}`);
      case "left":
        return met(`left ${frame.reason}`);
      case "status":
        return met(`status ${frame.sending}`);
      default:
    }
  }

  function hearEntries(client: Client, ear: Ear, { from, to, s, shed = 0, e }: Entries): void {
    must(e.length + shed === to - from + 1, "R6 a range holds every entry, or says how many it leaves out");
    must((s === undefined) === (shed === 0), "D1.54 where entries are left out the others have their seqs");
    const own = ledger.entries[isStaff(client) ? "staff" : "public"];
    const seqs = s ?? e.map((_, i) => from + i);
    for (const [i, body] of e.entries()) {
      const at = seqs[i] ?? 0;
      const original = own[at - 1];
      must(original !== undefined, `R3 nobody hears an entry before it is durable: seq ${at}`);
      must(
        at >= from && at <= to && (i === 0 || at > (seqs[i - 1] ?? 0)),
        `D1.54 seq ${at} is in its range, in order`,
      );
      must(
        body.id === original.id || (body.k === "tombstone" && body.id === aboutOf(original)),
        `R6 entry ${at} is ${original.id}, not ${body.id}`,
      );
      mustBeFit(client, body);
    }
    if (s === undefined) return;
    met("entries shed");
    for (let at: number = from; at <= to; at++) {
      if (seqs.includes(at)) continue;
      const left = own[at - 1];
      must(left !== undefined, `R3 what is left out is durable: seq ${at}`);
      must(isOrdinary(left), `D1.50 ${left.k} ${left.id} is not ordinary, and left out for ${client.person}`);
      ear.shed.add(at);
    }
  }

  /** A view is whole unless it, or what the room remembers, has reached its bound. */
  function isBounded(entries: number): boolean {
    return entries >= limits.viewEntriesMax || ledger.entries.staff.length > limits.messagesRemembered;
  }

  function hearView(client: Client, seq: number, bodies: readonly EntryBody[]): void {
    must(
      seq <= ledger.entries[isStaff(client) ? "staff" : "public"].length,
      "R3 a view is of what is durable",
    );
    for (const body of bodies) {
      mustBeDurable(client, body.k === "held" ? body.message : body);
      mustBeFit(client, body);
      if (!isStaff(client))
        must(!goneAt(ledger, body.id, seq), `R4 a view does not show what was removed: ${body.id}`);
    }
  }

  /** Durable, and for this client's eyes. */
  function mustBeDurable(client: Client, body: EntryBody): void {
    const known =
      ledger.known.get(body.id) ??
      [...ledger.known.values()].flat().filter((other) => heldMessageId(other.body) === body.id);
    must(known.length > 0, `R3 nobody hears an entry before it is durable: ${body.k} ${body.id}`);
    const allowed = known.some(
      ({ scope, person }) =>
        scope === "all" || (scope === "staff" && isStaff(client)) || person === personOf(client),
    );
    must(allowed, `M4 ${client.role} ${client.person} hears what is not for them: ${body.k} ${body.id}`);
  }

  /** Once a gateway has a removal, it writes the text to nobody any more (law 6). */
  function checkRemoval(frame: Frame, { gateway }: GatewayNode): void {
    if (frame.t !== "entries" && frame.t !== "view" && frame.t !== "person") return;
    const ring = gateway?.feeds.get(room)?.ring?.publicSeq ?? 0;
    const has = frame.t === "view" ? Math.max(ring, frame.seq) : ring;
    for (const body of frame.e) {
      const about = body.k === "tombstone" ? null : aboutOf(body);
      must(
        about === null || !isGone(about, has),
        `law 6: ${frame.t} with ${body.k} about ${about} after its removal`,
      );
      if (body.k !== "message" || body.reply === undefined || body.reply.quote === "") continue;
      must(!isGone(body.reply.id, has), `law 6: ${frame.t} quotes ${body.reply.id} after its removal`);
    }
  }

  /** What was restored may be read from a log that is ahead of the gateway. */
  function isGone(id: EntryId, has: number): boolean {
    return goneAt(ledger, id, has) && goneAt(ledger, id, ledger.entries.public.length);
  }

  function checkSettled(client: Client): void {
    const own = roomOf(client, room);
    must(own !== undefined, "a client is in its room");
    if (own.phase === "refused") return met(`settled refused ${own.reason}`);
    const name = `${client.role} ${client.person}`;
    must(
      client.machine.link.state === "live" && own.phase === "live",
      `liveness: ${name} is ${client.machine.link.state}/${own.phase}`,
    );
    must(own.queue.length === 0, `liveness: ${name} still waits for ${own.queue.length} answers`);
    const audience = isStaff(client) ? "staff" : "public";
    const head = ledger.entries[audience].length;
    must(own.pos === head, `liveness: ${name} is at ${own.pos} of ${head}`);
    checkShown(ledger, name, personOf(client), own, visible(ledger, audience), earOf(client));
  }
}

function isOrdinary(body: EntryBody): boolean {
  return body.k === "message" && body.role !== "host" && body.role !== "moderator";
}

function heldMessageId(body: EntryBody): EntryId | null {
  return body.k === "held" ? body.message.id : null;
}

function isStaff(client: Client): boolean {
  return client.role === "host" || client.role === "moderator";
}

/** Guests are given their id by the server. */
export function personOf(client: Client): string {
  return client.machine.you?.id ?? client.person;
}

/** A gateway leaves no hole in what it writes on one connection, unless it says so. */
function checkSequel(ear: Ear, frame: Frame): void {
  if (frame.t === "joined" || frame.t === "gap") ear.sent = null;
  else if (frame.t === "view") ear.sent = frame.seq;
  else if (frame.t === "entries") {
    must(
      ear.sent === null || frame.from <= ear.sent + 1,
      `D1 a range begins at ${frame.from} after ${ear.sent}`,
    );
    ear.sent = Math.max(ear.sent ?? 0, frame.to);
  }
}

function mustBeFit(client: Client, body: EntryBody): void {
  if (isStaff(client)) return;
  must(!(body.k === "message" && body.shadow === true), "M4 the public never hears of a shadow ban");
}

function checkShown(
  ledger: Ledger,
  name: string,
  you: string,
  own: Room,
  expected: readonly Visible[],
  { since, shed }: Ear,
): void {
  const shown = own.fold.messages.filter(({ removed, status }) => removed === null && status === "confirmed");
  const texts = new Map(expected.map(({ id, text }) => [id, text]));
  for (const { id, seq, by, text } of shown) {
    must(id !== null, `R8 ${name} shows a confirmed message without an id`);
    /* What only its author has, since they are shadow-banned, has no place in the sequence. */
    if (seq === null && by === you && !texts.has(id)) continue;
    must(texts.has(id), `R6 ${name} shows ${id}, which is not in the room`);
    if (by === you && ledger.asides.get(id)?.includes(text) === true) continue;
    must(texts.get(id) === text, `R7 ${name} shows ${id} as ${text}, it is ${texts.get(id)}`);
  }
  const ids = shown.map(({ id }) => id);
  must(new Set(ids).size === ids.length, `R6 ${name} shows a message twice`);
  const missing = expected
    .filter(
      ({ id, seq, meant }) =>
        seq >= since && !ids.includes(id) && !(shed.has(seq) && !meant.some((one) => one === you)),
    )
    .map(({ id }) => id);
  must(missing.length === 0, `R5 ${name} misses ${missing.join(", ")}`);
}
