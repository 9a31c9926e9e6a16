import type { Held, ReasonCode } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Role } from "@chorus/protocol/people.ts";
import type { ChorusRoom, Shown } from "@chorus/sdk/client.ts";
import type { ChatHost } from "./host.ts";
import type { Speaker } from "./mentions.ts";
import type { Model } from "./model.ts";

export type ActionName =
  | "reply"
  | "edit"
  | "copy"
  | "take-back"
  | "ignore"
  | "delete"
  | "restore"
  | "approve"
  | "reject"
  | "pin"
  | "unpin"
  | `timeout-${number}`
  | "ban";

export type Action = {
  readonly name: ActionName;
  readonly label: string;
  /** It takes something away from somebody. */
  readonly danger: boolean;
  /** It has a button of its own beside the message; the others are in the menu. */
  readonly quick: boolean;
  /** Staff say why: the reason chosen last goes with it. */
  readonly judges: boolean;
  run(): void;
};

/** What is asked of the element to know what can be done at a message. */
export type ActionHost = Pick<
  ChatHost,
  | "words"
  | "tools"
  | "explain"
  | "now"
  | "staff"
  | "closed"
  | "say"
  | "write"
  | "moderate"
  | "ignored"
  | "ignore"
> & { readonly model: ActionModel | null };
export type ActionModel = Pick<Model, "you" | "staffLog"> & {
  readonly room: Pick<ChorusRoom, "pins" | "grants" | "settings" | "messages" | "retract">;
};

type Kind = Partial<Pick<Action, "danger" | "quick" | "judges">>;
type Sanctioning = { readonly purge?: boolean; readonly text?: string };

/** What this person may do with this message, the quick ones first. The room decides again: what it refuses it says. */
export function actionsFor(host: ActionHost, message: Shown): Action[] {
  const { model } = host;
  const { id } = message;
  if (model === null || id === null) return [];
  const actions = model.room.settings?.state === "archived" ? [] : changesFor(host, model, message, id);
  actions.push(...copyOf(host, message), ...ignoringOf(host, model, message));
  return [...actions.filter(({ quick }) => quick), ...actions.filter(({ quick }) => !quick)];
}

/** The decisions on a message that waits. */
export function decisionsOn(host: ActionHost, id: EntryId): Action[] {
  const { moderation } = host.tools;
  return [
    action("approve", moderation.approve, { quick: true }, () =>
      host.moderate({ do: "approve", id }, moderation.approved),
    ),
    action("reject", moderation.reject, { quick: true, danger: true, judges: true }, () =>
      host.moderate({ do: "reject", id, why: reasonIn(host) }, moderation.rejected),
    ),
  ];
}

/** Messages that wait for a decision, oldest first; what the log of this visit tells. */
export function waitingIn({ staffLog, room }: Pick<ActionModel, "staffLog"> & Shows): Held[] {
  const waiting = new Map<EntryId, Held>();
  for (const entry of staffLog) {
    if (entry.k === "held") waiting.set(entry.message.id, entry);
    if (entry.k === "rejected") waiting.delete(entry.of);
    if (entry.k === "act" && (entry.act === "approve" || entry.act === "reject"))
      for (const id of entry.of) waiting.delete(id);
  }
  if (waiting.size === 0) return [];
  /* Who was away for a decision sees the message itself. */
  for (const { id, status } of room.messages) if (id !== null && status === "confirmed") waiting.delete(id);
  return [...waiting.values()];
}

/** Staff act against those below them; a host against everybody but another host. */
export function outranks({ grants }: Pick<ChorusRoom, "grants">, role: Role | null): boolean {
  if (role === "host") return false;
  return role !== "moderator" || grants.includes("host");
}

export function timeOut(host: ActionHost, person: Speaker, seconds: number, more: Sanctioning = {}): void {
  host.moderate(
    { do: "timeout", person: person.id, seconds, why: reasonIn(host), ...more },
    host.tools.moderation.timedOut(person.name, seconds),
    { do: "lift", person: person.id, what: "timeout" },
  );
}

export function ban(host: ActionHost, person: Speaker, more: Sanctioning = {}): void {
  host.moderate(
    { do: "ban", person: person.id, why: reasonIn(host), ...more },
    host.tools.moderation.banned(person.name),
    { do: "lift", person: person.id, what: "ban" },
  );
}

const reasons = new WeakMap<object, ReasonCode>();

/** The reason that goes with what staff do: the one chosen last during this visit. */
export function reasonIn(host: object): ReasonCode {
  return reasons.get(host) ?? "other";
}

export function chooseReason(host: object, why: ReasonCode): void {
  reasons.set(host, why);
}

export function reasonsIn({ tools }: Pick<ChatHost, "tools">): ReasonCode[] {
  const { reasons } = tools.moderation;
  return Object.keys(reasons).filter((code): code is ReasonCode => Object.hasOwn(reasons, code));
}

type Shows = { readonly room: Pick<ChorusRoom, "messages"> };

function changesFor(host: ActionHost, model: ActionModel, message: Shown, id: EntryId): Action[] {
  if (message.status === "held" && host.staff && waitingIn(model).some((held) => held.message.id === id))
    return decisionsOn(host, id);
  if (message.status !== "confirmed") return [];
  return [
    ...writingFor(host, model, message, id),
    ...(host.staff ? keepingFor(host, model, message, id) : []),
    ...(host.staff ? judgingFor(host, model, message, id) : []),
  ];
}

function writingFor(host: ActionHost, model: ActionModel, message: Shown, id: EntryId): Action[] {
  if (message.removed !== null) return [];
  const { tools } = host;
  const actions: Action[] = [];
  if (host.closed === null && !message.shadow)
    actions.push(
      action("reply", tools.actions.reply, { quick: true }, () => host.write({ to: "reply", message })),
    );
  if (!isOwn(model, message)) return actions;
  if (mayEdit(host, model, message))
    actions.push(
      action("edit", tools.actions.edit, { quick: true }, () =>
        host.write({ to: "edit", message }, message.text),
      ),
    );
  const run = () => takeBack(host, model, message, id);
  actions.push(action("take-back", tools.actions.takeBack, { danger: true }, run));
  return actions;
}

/** Where every message is read first, a change would come in unread. */
export function mayEdit(host: ActionHost, { room }: ActionModel, { time }: Shown): boolean {
  if (host.closed !== null || host.now() - time >= limits.editWithinMs) return false;
  return host.staff || room.settings?.mode !== "moderated";
}

function takeBack(host: ActionHost, { room }: ActionModel, { seq }: Shown, id: EntryId): void {
  void room.retract(id, seq ?? undefined).done.then((outcome) => {
    host.say("sentence" in outcome ? host.explain(outcome) : host.tools.actions.tookBack);
  });
}

function keepingFor(host: ActionHost, { room }: ActionModel, message: Shown, id: EntryId): Action[] {
  const { moderation } = host.tools;
  const place = placeOf(message);
  if (message.removed !== null) {
    if (message.removed.by === "author") return [];
    const run = () => host.moderate({ do: "restore", id, ...place }, moderation.restored);
    return [action("restore", moderation.restore, { quick: true }, run)];
  }
  if (message.shadow) return [];
  const pin = { do: "pin", id, ...place } as const;
  const unpin = { do: "unpin", id } as const;
  return room.pins.some((pinned) => pinned.id === id)
    ? [action("unpin", moderation.unpin, {}, () => host.moderate(unpin, moderation.unpinned, pin))]
    : [action("pin", moderation.pin, {}, () => host.moderate(pin, moderation.pinned, unpin))];
}

function judgingFor(host: ActionHost, model: ActionModel, message: Shown, id: EntryId): Action[] {
  const { by, name, role } = message;
  if (by === null || isOwn(model, message) || !outranks(model.room, role)) return [];
  const { moderation } = host.tools;
  const person = { id: by, name };
  const judges = { danger: true, judges: true };
  return [
    ...(message.removed === null && !message.shadow ? [deletion(host, message, id)] : []),
    ...(model.room.settings?.timeouts ?? []).map((seconds) =>
      action(`timeout-${seconds}`, moderation.timeoutFor(seconds), judges, () =>
        timeOut(host, person, seconds),
      ),
    ),
    action("ban", moderation.ban, judges, () => ban(host, person)),
  ];
}

function deletion(host: ActionHost, message: Shown, id: EntryId): Action {
  const { moderation } = host.tools;
  const place = placeOf(message);
  return action("delete", moderation.delete, { quick: true, danger: true, judges: true }, () =>
    host.moderate({ do: "retract", id, ...place, why: reasonIn(host) }, moderation.deleted(1), {
      do: "restore",
      id,
      ...place,
    }),
  );
}

function copyOf(host: ActionHost, { text, removed }: Shown): Action[] {
  if (removed !== null || text === "") return [];
  const { copy, copied, notCopied } = host.tools.actions;
  return [
    action("copy", copy, {}, () => {
      void copyText(text).then((done) => host.say(done ? copied : notCopied));
    }),
  ];
}

/** Pages without TLS have no clipboard, and a frame may not be allowed to use it. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function ignoringOf(host: ActionHost, model: ActionModel, message: Shown): Action[] {
  const { by, name } = message;
  if (by === null || name === "" || isOwn(model, message)) return [];
  const { ignore, stopIgnoring } = host.tools.actions;
  const now = host.ignored.has(by);
  const label = (now ? stopIgnoring : ignore)(name);
  return [action("ignore", label, {}, () => setIgnored(host, { id: by, name }, !now))];
}

export function setIgnored(host: ActionHost, { id, name }: Speaker, yes: boolean): void {
  const { nowIgnored, noLongerIgnored } = host.tools.actions;
  host.ignore(id, yes);
  host.say((yes ? nowIgnored : noLongerIgnored)(name), () => host.ignore(id, !yes));
}

function isOwn({ you }: ActionModel, { by }: Shown): boolean {
  return by !== null && by === you;
}

/** Finds a message that the room no longer remembers. */
function placeOf({ seq }: Shown): { seq?: NonNullable<Shown["seq"]> } {
  return seq === null ? {} : { seq };
}

function action(name: ActionName, label: string, kind: Kind, run: () => void): Action {
  return { name, label, danger: false, quick: false, judges: false, ...kind, run };
}
