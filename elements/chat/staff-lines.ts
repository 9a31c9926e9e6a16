import type { Act, Lifted, Sanction, SanctionKind } from "@chorus/protocol/entries.ts";
import type { EntryId, PersonId } from "@chorus/protocol/ids.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { ChorusRoom, StaffEntry } from "@chorus/sdk/client.ts";
import type { ToolWords } from "../words/words.ts";
import type { ActionHost } from "./message-actions.ts";
import type { Model } from "./model.ts";

/** What the log of staff is told from. */
export type LogModel = Pick<Model, "staffLog" | "people"> & {
  readonly room: Pick<ChorusRoom, "messages" | "pins">;
};
/** What somebody did; what waits and what was withdrawn by its author is nothing that staff did. */
export type Deed = Sanction | Lifted | Act;
export type Undo = { readonly label: string; run(): void };
export type Somebody = { readonly name: string; readonly role: Role | null };

export function deedsIn(log: readonly StaffEntry[]): Deed[] {
  return log.filter((entry) => entry.k === "sanction" || entry.k === "lifted" || entry.k === "act");
}

/** A person as far as anything that was said tells; null where nobody here has heard of them. */
export function somebodyIn({ people, room, staffLog }: LogModel, person: PersonId): Somebody | null {
  const known = people.get(person);
  if (known !== null) return known;
  const said = room.messages.findLast(({ by, name }) => by === person && name !== "");
  if (said !== undefined) return said;
  const pinned = room.pins.find(({ by }) => by === person);
  if (pinned !== undefined) return pinned;
  for (const entry of staffLog) if (entry.k === "held" && entry.message.by === person) return entry.message;
  return null;
}

/** Who did what to whom, and why, of each deed. */
export function sentencesOf(model: LogModel, tools: ToolWords, deeds: readonly Deed[]): string[] {
  const authors = authorsOf(model, deeds);
  const nameOf = (person: PersonId) => somebodyIn(model, person)?.name ?? tools.log.somebody;
  return deeds.map((deed) => {
    switch (deed.k) {
      case "sanction":
        return tools.log.sanction({
          by: deed.name,
          what: deed.what,
          whom: nameOf(deed.person),
          seconds: deed.until === null ? null : Math.round((deed.until - deed.time) / 1_000),
          why: deed.why,
          text: deed.text ?? null,
        });
      case "lifted":
        return tools.log.lifted(deed.name, deed.what, nameOf(deed.person));
      case "act":
        return tools.log.act({
          by: deed.name,
          act: deed.act,
          count: deed.of.length,
          whom: authorOf(deed.of, authors),
          why: deed.why ?? null,
          text: deed.text ?? null,
        });
    }
  });
}

/** The way back from a deed, while nothing that came later has undone it or stands over it. */
export function undoOf(host: ActionHost, model: LogModel, deed: Deed, now: number): Undo | null {
  const { moderation } = host.tools;
  const back = wayBack(model, deed, now);
  if (back === null) return null;
  const [act, label] =
    back.do === "lift"
      ? ([back, moderation.lift[back.what]] as const)
      : ([back, moderation[back.do]] as const);
  return { label, run: () => host.moderate(act, host.words.undone) };
}

/** The newest deed of each kind about each person or message: the one that holds. */
export function holdingIn(deeds: readonly Deed[]): ReadonlySet<Deed> {
  const seen = new Set<string>();
  const holding = new Set<Deed>();
  for (const deed of deeds.toReversed()) {
    const subject = subjectOf(deed);
    if (subject === null || seen.has(subject)) continue;
    seen.add(subject);
    holding.add(deed);
  }
  return holding;
}

type Back = Extract<Moderation, { do: "lift" | "restore" | "unpin" }>;

function wayBack({ room }: LogModel, deed: Deed, now: number): Back | null {
  if (deed.k === "sanction")
    return deed.until === null || deed.until > now
      ? { do: "lift", person: deed.person, what: deed.what }
      : null;
  const [id] = deed.k === "act" ? deed.of : [];
  if (deed.k !== "act" || id === undefined) return null;
  if (deed.act === "pin" && room.pins.some((pinned) => pinned.id === id)) return { do: "unpin", id };
  return deed.act === "retract" ? { do: "restore", id } : null;
}

/** A timeout is a mute that ends by itself: lifting the one lifts the other. */
function subjectOf(deed: Deed): string | null {
  if (deed.k !== "act") return `${effectOf(deed.what)} ${deed.person}`;
  const [id] = deed.of;
  if (id === undefined) return null;
  if (deed.act === "pin" || deed.act === "unpin") return `pin ${id}`;
  return deed.act === "retract" || deed.act === "restore" ? `message ${id}` : null;
}

function effectOf(what: SanctionKind): SanctionKind {
  return what === "timeout" ? "mute" : what;
}

function authorsOf({ people, room, staffLog }: LogModel, deeds: readonly Deed[]): Map<EntryId, string> {
  const wanted = new Set(deeds.flatMap((deed) => (deed.k === "act" ? deed.of : [])));
  const authors = new Map<EntryId, string>();
  if (wanted.size === 0) return authors;
  for (const { name, messages } of people.recent())
    for (const id of messages) if (wanted.has(id)) authors.set(id, name);
  for (const { id, name } of room.messages)
    if (id !== null && name !== "" && wanted.has(id)) authors.set(id, name);
  for (const { id, name } of room.pins) if (wanted.has(id)) authors.set(id, name);
  for (const entry of staffLog)
    if (entry.k === "held" && wanted.has(entry.message.id)) authors.set(entry.message.id, entry.message.name);
  return authors;
}

/** Of several authors none is named. */
function authorOf(ids: readonly EntryId[], authors: ReadonlyMap<EntryId, string>): string | null {
  const names = new Set(ids.map((id) => authors.get(id) ?? null));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : null;
}
