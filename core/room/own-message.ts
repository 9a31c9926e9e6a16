import { limits } from "@chorus/protocol/limits.ts";
import type { Edit, Retract } from "@chorus/protocol/requests.ts";
import { cleanText } from "../text.ts";
import { unquoted } from "./quote.ts";
import { isStaff } from "./rank.ts";
import { presentIn, remove, shownToPublic } from "./removal.ts";
import { boundUntil } from "./staff.ts";
import { object, objectionToPace, objectionToText, objectionToVoice } from "./say.ts";
import { type CommandInput, confirm, emit, emitTo, overlay, refuse, type Turn } from "./turn.ts";

/**
 * What authors may do with what they said: change it for a while, and take it back at any time. Who has been shadow-banned
 * since changes it for themselves and staff; everybody else keeps what they have.
 */
export function edit(turn: Turn, input: CommandInput, command: Edit): void {
  const { room, now } = turn;
  const { actor } = input;
  const present = presentIn(turn, command.id, input);
  if (present === null) return refuse(turn, input, "unknown");
  const { message } = present;
  if (message.by !== actor.id) return refuse(turn, input, "not-yours");
  if (now - message.time > limits.editWithinMs) return refuse(turn, input, "too-late");
  if (room.settings.mode === "moderated" && !isStaff(actor)) return refuse(turn, input, "forbidden");
  const text = cleanText(command.text);
  if (text === (present.aside ?? message.text)) return refuse(turn, input, "unchanged");
  const objection =
    objectionToVoice(room, actor, now) ?? objectionToText(text) ?? objectionToPace(room, actor, text, now);
  if (objection !== null) return object(turn, input, objection);

  const edited = { k: "edited", id: input.id, time: now, of: command.id, by: actor.id, text } as const;
  const alone = present.shadow || boundUntil(room, actor, "shadow", now) !== undefined;
  if (alone) emitTo(turn, actor.id, edited);
  emit(turn, alone ? "staff" : "all", edited);
  if (present.shadow || !alone)
    overlay(turn, command.id, unquoted(shownToPublic({ ...message, text, edited: now })));
  confirm(turn, input, input.id);
}

export function retract(turn: Turn, input: CommandInput, command: Retract): void {
  const { room, now } = turn;
  const held = room.held.get(command.id);
  const present = presentIn(turn, command.id, input);
  const message = held ?? present?.message;
  if (message === undefined) return refuse(turn, input, "unknown");
  if (message.by !== input.actor.id) return refuse(turn, input, "not-yours");
  if (room.settings.state === "archived") return refuse(turn, input, "ended");

  const common = { id: input.id, time: now } as const;
  if (held !== undefined) emit(turn, "staff", { k: "rejected", ...common, of: command.id, why: "other" });
  else if (present !== null)
    remove(turn, { k: "removed", ...common, of: [command.id], by: "author" }, [present]);
  confirm(turn, input, input.id);
}
