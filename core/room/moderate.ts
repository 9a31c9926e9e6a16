import type { Act, ReasonCode, Removed } from "@chorus/protocol/entries.ts";
import { type EntryId, type PersonId, type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Moderation } from "@chorus/protocol/requests.ts";
import type { Emote, RoomSettings } from "@chorus/protocol/room-settings.ts";
import { oneLine } from "../text.ts";
import { unreachable } from "../unreachable.ts";
import { foundFor } from "./forgotten.ts";
import { signatureOf } from "./names.ts";
import { unquoted } from "./quote.ts";
import { isStaff, rankOf } from "./rank.ts";
import { type Present, presentIn, remove, shownToPublic } from "./removal.ts";
import { canImpose, effectOf, inForce } from "./sanctions.ts";
import { boundUntil, outranks } from "./staff.ts";
import {
  type CommandInput,
  confirm,
  emit,
  emitMessage,
  emitTo,
  furtherId,
  overlay,
  refuse,
  refuseFor,
  type Turn,
} from "./turn.ts";

type Doing<Name> = Extract<Moderation, { do: Name }>;
type Sanctioning = Extract<Moderation, { person: PersonId; why: ReasonCode }>;

/** What staff do. Every act leaves a staff entry that says who, whom, why; the consequence is an entry of its own. */
export function moderate(turn: Turn, input: CommandInput, doing: Moderation): void {
  if (!isStaff(input.actor)) return refuse(turn, input, "forbidden");
  if (boundUntil(turn.room, input.actor, "ban", turn.now) !== undefined) return refuse(turn, input, "banned");
  if (turn.room.settings.state === "archived") return refuse(turn, input, "ended");
  switch (doing.do) {
    case "retract":
      return retract(turn, input, doing);
    case "restore":
      return restore(turn, input, doing);
    case "approve":
      return approve(turn, input, doing);
    case "reject":
      return reject(turn, input, doing);
    case "mute":
    case "timeout":
    case "ban":
    case "shadow":
      return sanction(turn, input, doing);
    case "lift":
      return lift(turn, input, doing);
    case "pin":
      return pin(turn, input, doing);
    case "unpin":
      return unpin(turn, input, doing);
    case "settings":
      return changeSettings(turn, input, doing);
    default:
      return unreachable(doing);
  }
}

function retract(turn: Turn, input: CommandInput, doing: Doing<"retract">): void {
  const present = presentIn(turn, doing.id, input);
  if (present === null || present.shadow) return refuse(turn, input, "unknown");
  const { by } = present.message;
  if (by !== input.actor.id && !outranks(turn.room, input.actor, by)) return refuse(turn, input, "outranked");
  remove(turn, removedBy(input, 1, [present], doing.why, turn.now), [present]);
  emitAct(turn, input, "retract", [doing.id], doing);
  confirm(turn, input, input.id);
}

function restore(turn: Turn, input: CommandInput, doing: Doing<"restore">): void {
  const known = turn.room.messages.get(doing.id);
  const found = foundFor(turn, input, doing.id);
  const message = known === undefined && found?.tombstone?.by === "staff" ? found.message : known?.message;
  if (message === undefined) return refuse(turn, input, "unknown");
  if (known !== undefined && known.state !== "removed") {
    return refuse(turn, input, known.state === "withdrawn" ? "not-yours" : "unchanged");
  }
  const shown = unquoted(shownToPublic(message));
  emit(turn, "all", { k: "restored", id: furtherId(input.id, 1), time: turn.now, message: shown });
  overlay(turn, doing.id, message.edited === undefined ? null : shown);
  emitAct(turn, input, "restore", [doing.id], {});
  confirm(turn, input, input.id);
}

function approve(turn: Turn, input: CommandInput, doing: Doing<"approve">): void {
  const held = turn.room.held.get(doing.id);
  if (held === undefined) return refuse(turn, input, "unknown");
  const shadow = inForce(turn.room.sanctions, held.by, "shadow", turn.now) !== undefined;
  emitMessage(turn, { ...held, time: turn.now }, shadow);
  emitTo(turn, held.by, {
    k: "notice",
    id: furtherId(input.id, 1),
    time: turn.now,
    what: "approved",
    of: held.id,
  });
  emitAct(turn, input, "approve", [held.id], {});
  confirm(turn, input, input.id);
}

function reject(turn: Turn, input: CommandInput, doing: Doing<"reject">): void {
  const held = turn.room.held.get(doing.id);
  if (held === undefined) return refuse(turn, input, "unknown");
  emit(turn, "staff", {
    k: "rejected",
    id: furtherId(input.id, 1),
    time: turn.now,
    of: held.id,
    why: doing.why,
  });
  emitTo(turn, held.by, {
    k: "notice",
    id: furtherId(input.id, 2),
    time: turn.now,
    what: "rejected",
    of: held.id,
    why: doing.why,
  });
  emitAct(turn, input, "reject", [held.id], doing);
  confirm(turn, input, input.id);
}

function sanction(turn: Turn, input: CommandInput, doing: Sanctioning): void {
  const { room, now } = turn;
  const { actor } = input;
  if (doing.person === actor.id || !outranks(room, actor, doing.person))
    return refuse(turn, input, "outranked");
  if (!canImpose(room.sanctions, doing.person, now)) return refuseFor(turn, input, "sanctionsMax");
  const until = doing.seconds === undefined ? null : time(now + doing.seconds * 1000);
  emit(turn, "staff", {
    k: "sanction",
    id: input.id,
    time: now,
    what: doing.do,
    person: doing.person,
    until,
    why: doing.why,
    ...(doing.text === undefined ? {} : { text: oneLine(doing.text) }),
    by: actor.id,
    name: signatureOf(actor),
  });
  if (doing.do !== "shadow") {
    const what = doing.do === "ban" ? "banned" : "muted";
    emitTo(turn, doing.person, {
      k: "notice",
      id: furtherId(input.id, 1),
      time: now,
      what,
      until,
      why: doing.why,
    });
  }
  if (doing.purge === true) purge(turn, input, doing.person, doing.why);
  confirm(turn, input, input.id);
}

function purge(turn: Turn, input: CommandInput, person: PersonId, why: ReasonCode): void {
  const theirs = new Map<EntryId, Present>();
  for (const message of turn.room.pins.values()) {
    if (message.by === person) theirs.set(message.id, { message, shadow: false });
  }
  for (const { message, state } of turn.room.messages.values()) {
    if (state === "visible" && message.by === person) theirs.set(message.id, { message, shadow: false });
  }
  const gone = [...theirs.values()];
  if (gone.length > 0) remove(turn, removedBy(input, 2, gone, why, turn.now), gone);
}

function lift(turn: Turn, input: CommandInput, doing: Doing<"lift">): void {
  const { room, now } = turn;
  if (inForce(room.sanctions, doing.person, effectOf(doing.what), now) === undefined) {
    return refuse(turn, input, "unchanged");
  }
  emit(turn, "staff", {
    k: "lifted",
    id: input.id,
    time: now,
    what: doing.what,
    person: doing.person,
    by: input.actor.id,
    name: signatureOf(input.actor),
  });
  if (doing.what !== "shadow") {
    emitTo(turn, doing.person, { k: "notice", id: furtherId(input.id, 1), time: now, what: "lifted" });
  }
  confirm(turn, input, input.id);
}

function pin(turn: Turn, input: CommandInput, doing: Doing<"pin">): void {
  if (turn.room.pins.has(doing.id)) return refuse(turn, input, "unchanged");
  const present = presentIn(turn, doing.id, input);
  if (present === null || present.shadow) return refuse(turn, input, "unknown");
  if (turn.room.pins.size >= limits.pinsMax) return refuseFor(turn, input, "pinsMax");
  emit(turn, "all", {
    k: "pinned",
    id: furtherId(input.id, 1),
    time: turn.now,
    message: unquoted(present.message),
  });
  emitAct(turn, input, "pin", [doing.id], {});
  confirm(turn, input, input.id);
}

function unpin(turn: Turn, input: CommandInput, doing: Doing<"unpin">): void {
  if (!turn.room.pins.has(doing.id)) return refuse(turn, input, "unchanged");
  emit(turn, "all", { k: "unpinned", id: furtherId(input.id, 1), time: turn.now, of: doing.id });
  emitAct(turn, input, "unpin", [doing.id], {});
  confirm(turn, input, input.id);
}

/** Moderators change how a room is talked in; what it is, only the host. */
function changeSettings(turn: Turn, input: CommandInput, doing: Doing<"settings">): void {
  const { mode: _mode, slowMs: _slowMs, ...hosts } = doing.settings;
  if (Object.keys(hosts).length > 0 && rankOf(input.actor.grants) !== "host")
    return refuse(turn, input, "forbidden");
  const settings = tidied({ ...turn.room.settings, ...doing.settings });
  emit(turn, "all", { k: "settings", id: furtherId(input.id, 1), time: turn.now, settings });
  emitAct(turn, input, "settings", [], {});
  confirm(turn, input, input.id);
}

function tidied(settings: RoomSettings): RoomSettings {
  return {
    ...settings,
    title: oneLine(settings.title),
    timeouts: settings.timeouts.toSorted((a, b) => a - b),
    emotes: settings.emotes.filter(isLastOfItsName),
  };
}

function isLastOfItsName({ name }: Emote, index: number, emotes: readonly Emote[]): boolean {
  return index === emotes.findLastIndex((other) => other.name === name);
}

function removedBy(
  input: CommandInput,
  index: number,
  gone: readonly Present[],
  why: ReasonCode,
  now: Time,
): Removed {
  const of = gone.map(({ message }) => message.id);
  return { k: "removed", id: furtherId(input.id, index), time: now, of, by: "staff", why };
}

function emitAct(
  turn: Turn,
  input: CommandInput,
  act: Act["act"],
  of: EntryId[],
  reason: { why?: ReasonCode; text?: string | undefined },
): void {
  const { actor } = input;
  const entry: Act = {
    k: "act",
    id: input.id,
    time: turn.now,
    act,
    of,
    by: actor.id,
    name: signatureOf(actor),
  };
  if (reason.why !== undefined) entry.why = reason.why;
  if (reason.text !== undefined) entry.text = oneLine(reason.text);
  emit(turn, "staff", entry);
}
