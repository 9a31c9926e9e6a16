import type { Message, Tombstone } from "@chorus/protocol/entries.ts";
import type { Key, PersonId, Seq } from "@chorus/protocol/ids.ts";
import type { Removal, Shown } from "./events.ts";
import type { Fold } from "./state.ts";

/** The list of what is shown: bounded, oldest first, with an index by id that is never behind. */
const nobody: readonly PersonId[] = [];

export function shownOf(message: Message, seq: Seq | null, key: Key | null): Shown {
  return {
    id: message.id,
    key,
    seq,
    status: "confirmed",
    time: message.time,
    by: message.by,
    name: message.name,
    role: message.role,
    text: message.text,
    at: message.at ?? null,
    reply: message.reply ?? null,
    mentions: message.mentions ?? nobody,
    edited: message.edited ?? null,
    shadow: message.shadow === true,
    removed: null,
    trouble: null,
  };
}

/** What is left of a message on the screen once it is removed. */
export function wiped(shown: Shown, removal: Removal): Shown {
  return { ...shown, text: "", reply: null, mentions: nobody, edited: null, removed: removal };
}

export function nothingLeft(body: Tombstone, seq: Seq | null, removal: Removal): Shown {
  return {
    id: body.id,
    key: null,
    seq,
    status: "confirmed",
    time: body.time,
    by: null,
    name: "",
    role: null,
    text: "",
    at: null,
    reply: null,
    mentions: nobody,
    edited: null,
    shadow: false,
    removed: removal,
    trouble: null,
  };
}

export function push(fold: Fold, shown: Shown, messagesMax: number): void {
  fold.messages.push(shown);
  if (shown.id !== null) fold.byId.set(shown.id, shown);
  trim(fold, messagesMax);
}

/** For what has no place in the sequence. Older than all of a full list, it is not shown. */
export function insertByTime(fold: Fold, shown: Shown, messagesMax: number): void {
  const { messages } = fold;
  let at = messages.length;
  while (at > 0 && (messages[at - 1]?.time ?? 0) > shown.time) at--;
  if (at === 0 && messages.length >= messagesMax) return;
  messages.splice(at, 0, shown);
  if (shown.id !== null) fold.byId.set(shown.id, shown);
  trim(fold, messagesMax);
}

export function replace(fold: Fold, old: Shown, next: Shown): void {
  const at = fold.messages.lastIndexOf(old);
  if (at < 0) return;
  fold.messages[at] = next;
  reindex(fold, old, next);
}

/** The message was shown ahead of its place; now the place has come. */
export function moveToEnd(fold: Fold, old: Shown, next: Shown): void {
  drop(fold, old);
  fold.messages.push(next);
  if (next.id !== null) fold.byId.set(next.id, next);
}

export function drop(fold: Fold, old: Shown): void {
  const at = fold.messages.lastIndexOf(old);
  if (at >= 0) fold.messages.splice(at, 1);
  if (old.id !== null && fold.byId.get(old.id) === old) fold.byId.delete(old.id);
}

export function findByKey(fold: Fold, key: Key): Shown | null {
  const { messages } = fold;
  for (let i = messages.length - 1; i >= 0; i--) {
    const shown = messages[i];
    if (shown !== undefined && shown.key === key) return shown;
  }
  return null;
}

function reindex(fold: Fold, old: Shown, next: Shown): void {
  if (old.id !== null && old.id !== next.id) fold.byId.delete(old.id);
  if (next.id !== null) fold.byId.set(next.id, next);
}

function trim(fold: Fold, messagesMax: number): void {
  while (fold.messages.length > messagesMax) {
    const gone = fold.messages.shift();
    if (gone !== undefined && gone.id !== null) fold.byId.delete(gone.id);
  }
}
