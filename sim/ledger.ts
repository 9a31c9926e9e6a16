import type { EntryBody, Message } from "@chorus/protocol/entries.ts";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Note } from "@chorus/core/room/notes.ts";
import type { Audience, RoomRecord } from "@chorus/core/record.ts";
import { replayableOf } from "@chorus/server/keeper/record.ts";

/** The log as an independent bookkeeper reads it, record by record, the moment each becomes durable. */
export type Ledger = {
  records: number;
  readonly entries: Record<Audience, EntryBody[]>;
  readonly known: Map<
    EntryId,
    { body: EntryBody; scope: "all" | "staff" | "person"; person: string | null }[]
  >;
  /** By person, session and counter. */
  readonly done: Map<string, Note & { n: "done" }>;
  /** When each message went and came back, by public seq. */
  readonly removals: Map<EntryId, { seq: number; gone: boolean }[]>;
  /** Who may not say anything, until when. */
  readonly silenced: Map<string, number>;
  readonly shadowed: Map<string, number>;
  readonly heldOnce: Set<EntryId>;
  /** What shadow-banned authors have made of what they said before, for themselves and staff alone. */
  readonly asides: Map<EntryId, string[]>;
};

export function createLedger(): Ledger {
  return {
    records: 0,
    entries: { public: [], staff: [] },
    known: new Map(),
    done: new Map(),
    removals: new Map(),
    silenced: new Map(),
    shadowed: new Map(),
    heldOnce: new Set(),
    asides: new Map(),
  };
}

export class Violation extends Error {
  override readonly name = "Violation";
}

export function must(holds: boolean, law: string): asserts holds {
  if (!holds) throw new Violation(law);
}

export function enter(ledger: Ledger, record: RoomRecord): void {
  const { notes, entries } = replayableOf(record);
  ledger.records += 1;
  must(
    record.offset === ledger.records,
    `R2 offsets have no holes: ${record.offset} after ${ledger.records - 1}`,
  );
  must(record.publicFrom === ledger.entries.public.length + 1, "R2 public seqs have no holes");
  must(record.staffFrom === ledger.entries.staff.length + 1, "R2 staff seqs have no holes");
  for (const { scope, person, body } of entries) {
    const twins = ledger.known.get(body.id) ?? [];
    for (const twin of twins) must(twin.scope !== scope, `R2 ids are unique: ${body.id} ${scope} ${body.k}`);
    ledger.known.set(body.id, [...twins, { body, scope, person }]);
    if (scope === "person" && body.k === "edited")
      ledger.asides.set(body.of, [...(ledger.asides.get(body.of) ?? []), body.text]);
    if (scope === "all") ledger.entries.public.push(body);
    if (scope !== "person") ledger.entries.staff.push(body);
    if (scope === "all") noteRemoval(ledger, body);
    if (scope !== "person") checkSilence(ledger, body);
    if (scope === "all") checkPublic(ledger, body);
  }
  must(record.publicTo === ledger.entries.public.length, "R2 the record's public range is what it holds");
  must(record.staffTo === ledger.entries.staff.length, "R2 the record's staff range is what it holds");
  for (const fact of notes) if (fact.n === "done") enterDone(ledger, fact);
}

/** The messages that everybody may see in the end, oldest first, as a naive reader would fold them. */
export function visible(ledger: Ledger, audience: Audience): Visible[] {
  const messages = new Map<EntryId, Visible>();
  const hidden = new Set<EntryId>();
  for (const [i, body] of ledger.entries[audience].entries()) {
    if (body.k === "message") messages.set(body.id, visibleOf(body, i + 1));
    else if (body.k === "edited") {
      const old = messages.get(body.of);
      if (old !== undefined) messages.set(body.of, { ...old, text: body.text });
    } else if (body.k === "removed") for (const id of body.of) hidden.add(id);
    else if (body.k === "restored") {
      hidden.delete(body.message.id);
      const old = messages.get(body.message.id);
      if (old !== undefined) messages.set(old.id, { ...old, text: body.message.text });
    }
  }
  return [...messages.values()].filter(({ id }) => !hidden.has(id));
}

/** `meant` are those who must have it, whatever is left out: its author, whom it mentions, whom it answers. */
export type Visible = { id: EntryId; text: string; seq: number; meant: readonly PersonId[] };

function visibleOf({ id, text, by, mentions = [], reply }: Message, seq: number): Visible {
  return { id, text, seq, meant: [by, ...mentions, ...(reply?.by === undefined ? [] : [reply.by])] };
}

export function goneAt(ledger: Ledger, id: EntryId, publicSeq: number): boolean {
  let gone = false;
  for (const event of ledger.removals.get(id) ?? []) if (event.seq <= publicSeq) gone = event.gone;
  return gone;
}

function noteRemoval(ledger: Ledger, body: EntryBody): void {
  const seq = ledger.entries.public.length;
  const note = (id: EntryId, gone: boolean): void => {
    ledger.removals.set(id, [...(ledger.removals.get(id) ?? []), { seq, gone }]);
  };
  if (body.k === "removed") for (const id of body.of) note(id, true);
  if (body.k === "restored") note(body.message.id, false);
}

function checkSilence(ledger: Ledger, body: EntryBody): void {
  if (body.k === "sanction" && body.what === "shadow")
    ledger.shadowed.set(body.person, body.until ?? Infinity);
  if (body.k === "lifted" && body.what === "shadow") ledger.shadowed.delete(body.person);
  if (body.k === "held") ledger.heldOnce.add(body.message.id);
  else if (body.k === "sanction" && body.what !== "shadow")
    ledger.silenced.set(body.person, body.until ?? Infinity);
  else if (body.k === "lifted" && body.what !== "shadow") ledger.silenced.delete(body.person);
  else if (body.k === "message" && body.role !== "host" && !ledger.heldOnce.has(body.id)) {
    must(body.time >= (ledger.silenced.get(body.by) ?? 0), `M4 ${body.by} is muted and says something`);
  }
}

const staffAlone: ReadonlySet<string> = new Set(["held", "rejected", "sanction", "lifted", "act", "notice"]);

function checkPublic(ledger: Ledger, body: EntryBody): void {
  must(!staffAlone.has(body.k), `M4 the public hears of ${body.k}`);
  if (body.k !== "message" && body.k !== "edited") return;
  if (body.by.startsWith("host")) return;
  must(
    body.time >= (ledger.shadowed.get(body.by) ?? 0),
    `M4 ${body.by} is shadow-banned and heard by everybody`,
  );
}

function enterDone(ledger: Ledger, fact: Note & { n: "done" }): void {
  const name = `${fact.p} ${fact.s}:${fact.c}`;
  must(!ledger.done.has(name), `R3 a retried command is carried out once: ${name}`);
  ledger.done.set(name, fact);
}
