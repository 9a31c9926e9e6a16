import type { EntryId, Seq } from "@chorus/protocol/ids.ts";
import type { Command } from "@chorus/protocol/requests.ts";
import type { Audience, Overlay } from "../record.ts";
import type { Found } from "./inputs.ts";
import { isStaff } from "./rank.ts";
import type { RoomState } from "./state.ts";
import type { CommandInput, Turn } from "./turn.ts";

/** Where the message stands that a command is about. Null when it is about none, or its sender did not say where. */
export type Place = { audience: Audience; id: EntryId; seq: Seq };

/** The message to be looked for in the log before the command can be decided: the room has forgotten it. */
export function forgottenBy(room: RoomState, { actor, command, found }: CommandInput): Place | null {
  if (found !== undefined) return null;
  const { id, seq } = targetOf(command);
  if (id === undefined || seq === undefined || room.messages.has(id) || room.held.has(id)) return null;
  return { audience: isStaff(actor) ? "staff" : "public", id, seq };
}

/** What was found, as it is now: the log was asked before the turn, and the turn may have changed it since. */
export function foundFor({ overlays }: Turn, { found }: CommandInput, id: EntryId): Found | null {
  if (found?.message.id !== id) return null;
  let now = found;
  for (const overlay of overlays) if (overlay.id === id) now = changed(now, overlay.body);
  return now;
}

/** An overlay does not tell that its message is for its author alone. */
function changed({ message }: Found, body: Overlay["body"]): Found {
  if (body?.k === "tombstone") return { message, tombstone: body };
  if (body === null) return { message, tombstone: null };
  return { message: message.shadow === true ? { ...body, shadow: true } : body, tombstone: null };
}

type Target = { id?: EntryId | undefined; seq?: Seq | undefined };

function targetOf(command: Command): Target {
  if (command.t === "say") return { id: command.reply, seq: command.replySeq };
  if (command.t !== "moderate") return command;
  const { act } = command;
  return act.do === "retract" || act.do === "restore" || act.do === "pin" ? act : {};
}
