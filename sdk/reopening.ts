import type { Frame, Joined } from "@chorus/protocol/frames.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Hello, Join, Leave, Request } from "@chorus/protocol/requests.ts";

/**
 * What a stream is opened with, again and again, while the client above knows of one connection only: who it is, and each
 * room from where it is.
 */
export type Reopening = {
  hello: Hello | null;
  /** The newest; it is what commands are sent with, too. */
  resume: string | null;
  joins: Map<RoomId, Join>;
  /** What was told of each room; that a later stream says the same is no news. */
  told: Map<RoomId, string>;
};

export function createReopening(): Reopening {
  return { hello: null, resume: null, joins: new Map(), told: new Map() };
}

export function ask(state: Reopening, request: Hello | Join | Leave): void {
  if (request.t === "hello") {
    state.hello = request;
    return;
  }
  state.told.delete(request.room);
  if (request.t === "join") state.joins.set(request.room, request);
  else state.joins.delete(request.room);
}

/** The frames of the next request. */
export function openingOf(
  { hello, resume, joins }: Reopening,
  except?: { has(room: RoomId): boolean },
): Request[] {
  if (hello === null) return [];
  const rooms = [...joins.values()].filter(({ room }) => except?.has(room) !== true);
  return [resume === null ? hello : { ...hello, resume }, ...rooms];
}

export function placeOf({ joins }: Reopening, room: RoomId): { epoch: string; seq: number } | null {
  const { epoch, seq } = joins.get(room) ?? {};
  return epoch === undefined || seq === undefined ? null : { epoch, seq };
}

/** Follows where each room is. @returns what the client shall hear of the frame; null for nothing. */
export function passOn(state: Reopening, frame: Frame): Frame | null {
  switch (frame.t) {
    case "welcome": {
      const isFirst = state.resume === null;
      state.resume = frame.resume;
      return isFirst ? frame : { t: "resume", resume: frame.resume };
    }
    case "resume":
      state.resume = frame.resume;
      return frame;
    case "joined":
      return isTold(state, frame) ? null : frame;
    case "view":
      move(state, frame.room, { epoch: frame.epoch, seq: frame.seq });
      return frame;
    case "entries":
      move(state, frame.room, { seq: frame.to });
      return frame;
    case "left":
      ask(state, { t: "leave", room: frame.room });
      return frame;
    default:
      return frame;
  }
}

function isTold(state: Reopening, joined: Joined): boolean {
  const { room, epoch, how } = joined;
  const text = JSON.stringify({ ...joined, seq: 0, how: "" });
  const isSame = how === "resumed" && state.told.get(room) === text;
  state.told.set(room, text);
  if (how === "resumed") move(state, room, { epoch });
  else if (state.joins.has(room)) state.joins.set(room, { t: "join", room, epoch });
  return isSame;
}

function move(state: Reopening, room: RoomId, to: Partial<Pick<Join, "epoch" | "seq">>): void {
  const join = state.joins.get(room);
  if (join !== undefined) state.joins.set(room, { ...join, ...to });
}
