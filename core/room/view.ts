import type { EntryBody, Message } from "@chorus/protocol/entries.ts";
import type { Epoch, PersonId, RoomId, Seq, Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { RoomSettings } from "@chorus/protocol/room-settings.ts";
import type { Audience } from "../record.ts";
import { shownToPublic } from "./removal.ts";
import { bans } from "./sanctions.ts";
import type { RoomState } from "./state.ts";
import { furtherId } from "./turn.ts";

/** A room as of one position, folded: what somebody sees who joins now. */
export type RoomView = {
  room: RoomId;
  epoch: Epoch;
  offset: number;
  audience: Audience;
  /** Positions of both audiences at this offset; the view itself is as of the one of `audience`. */
  publicSeq: Seq;
  staffSeq: Seq;
  /** The time of the last record. */
  time: Time;
  settings: RoomSettings;
  pins: Message[];
  /** The newest visible messages with their seqs, oldest first; staff also see what is shadowed or waits. */
  entries: { seq: Seq; body: EntryBody }[];
  /** For gateways, never sent to a client: who is kept out. */
  bans: [PersonId, Time | null][];
  /** For gateways: messages that are sent to their author alone. */
  shadowed: Message[];
};

export function viewOf(room: RoomState, audience: Audience, now: Time): RoomView {
  const entries: RoomView["entries"] = [];
  const shadowed: Message[] = [];
  for (const { message, aside, state, publicSeq, staffSeq } of room.messages.values()) {
    if (state === "visible" && audience === "public") entries.push({ seq: publicSeq, body: message });
    else if (state === "visible") entries.push({ seq: staffSeq, body: { ...message, ...aside } });
    else if (state === "shadow" && audience === "staff") entries.push({ seq: staffSeq, body: message });
    else if (state === "shadow") shadowed.push(shownToPublic(message));
  }
  shadowed.splice(0, shadowed.length - limits.viewEntriesMax);
  entries.splice(0, entries.length - limits.viewEntriesMax);
  if (audience === "staff") {
    for (const held of room.held.values()) {
      entries.push({
        seq: room.staffSeq,
        body: { k: "held", id: furtherId(held.id, 1), time: held.time, message: held },
      });
    }
  }
  return {
    room: room.id,
    epoch: room.epoch,
    offset: room.offset,
    audience,
    publicSeq: room.publicSeq,
    staffSeq: room.staffSeq,
    time: room.now,
    settings: room.settings,
    pins: [...room.pins.values()],
    entries,
    bans: bans(room.sanctions, now),
    shadowed,
  };
}
