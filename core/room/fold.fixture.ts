import { defaultRoomSettings, wholeSettings } from "@chorus/protocol/default-room-settings.ts";
import type { EntryBody, Message } from "@chorus/protocol/entries.ts";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import { type Audience, type Draft, inAudience } from "../record.ts";

type Folded = {
  messages: { seq: number; message: Message; there: boolean }[];
  held: Waiting[];
  pins: Message[];
  settings: RoomSettings;
  position: number;
};
type Waiting = { message: Message; id: EntryId; time: EntryBody["time"] };

/** What a client makes of all entries of an audience, written without the room: slowly, and for comparison only. */
export function foldOf(drafts: readonly Draft[], audience: Audience) {
  const folded: Folded = { messages: [], held: [], pins: [], settings: defaultRoomSettings, position: 0 };
  for (const { scope, body } of drafts.flatMap(({ entries }) => entries)) {
    if (!inAudience(scope, audience)) continue;
    folded.position += 1;
    take(folded, body);
  }
  const { pins, settings, position } = folded;
  const shown = folded.messages.filter(({ there }) => there).slice(-limits.viewEntriesMax);
  const entries = [
    ...shown.map(({ seq, message }) => ({ seq, body: message })),
    ...folded.held.map(({ message, id, time }) => ({
      seq: position,
      body: { k: "held", id, time, message },
    })),
  ];
  return { entries, pins, settings, position };
}

function take(folded: Folded, body: EntryBody): void {
  switch (body.k) {
    case "message":
      folded.held = folded.held.filter(({ message }) => message.id !== body.id);
      folded.messages.push({ seq: folded.position, message: body, there: true });
      return;
    case "edited":
      return change(folded, (message) =>
        message.id === body.of ? { ...message, text: body.text, edited: body.time } : message,
      );
    case "removed":
      for (const one of folded.messages) if (body.of.includes(one.message.id)) one.there = false;
      folded.pins = folded.pins.filter(({ id }) => !body.of.includes(id));
      return change(folded, (message) =>
        message.reply !== undefined && body.of.includes(message.reply.id)
          ? { ...message, reply: { ...message.reply, quote: "" } }
          : message,
      );
    case "restored":
      for (const one of folded.messages) if (one.message.id === body.message.id) one.there = true;
      return change(folded, (message) => (message.id === body.message.id ? body.message : message));
    case "pinned":
      folded.pins.push(body.message);
      return;
    case "unpinned":
      folded.pins = folded.pins.filter(({ id }) => id !== body.of);
      return;
    case "settings":
      folded.settings = wholeSettings(body.settings);
      return;
    case "held":
      folded.held.push({ message: body.message, id: body.id, time: body.time });
      return;
    case "rejected":
      folded.held = folded.held.filter(({ message }) => message.id !== body.of);
      return;
    default:
  }
}

function change(folded: Folded, to: (message: Message) => Message): void {
  for (const one of [...folded.messages, ...folded.held]) one.message = to(one.message);
  folded.pins = folded.pins.map(to);
}
