import { closeCodes } from "@chorus/protocol/close-codes.ts";
import type { ConnectionState, RefusedRoomReason, RoomStateName } from "@chorus/sdk/client.ts";

/** Everything that decides how the page says where it stands. */
export type Situation = {
  connection: ConnectionState;
  room: RoomStateName;
  reason: RefusedRoomReason | null;
  /** What is known of a ban of this person, in words. */
  ban: string | null;
  guest: boolean;
  /** The token of the link has run out, and no connection outlives it for long. */
  tokenOver: boolean;
  online: boolean;
};

export type Remedy = "retry" | "enter" | "reload" | "as-guest";
export type Status = {
  tone: "good" | "busy" | "bad";
  text: string;
  /** When the page tries again by itself, by this machine's clock. */
  retryAt: number | null;
  remedy: Remedy | null;
};

export function statusOf(situation: Situation): Status {
  const { connection, online, tokenOver } = situation;
  if (tokenOver && connection.state !== "live") {
    return bad("The token in your link has run out. Open the link again.", "as-guest");
  }
  switch (connection.state) {
    case "idle":
    case "connecting":
      return busy("Connecting…");
    case "reconnecting":
      if (!online) return { ...busy("You are offline. Waiting for the network."), remedy: "retry" };
      return { ...busy("Connection lost. Trying again"), retryAt: connection.retryAt, remedy: "retry" };
    case "refused":
      return refusedConnection(connection.code, situation);
    case "closed":
      return bad("You have left.", "enter");
    case "live":
      return inRoom(situation);
  }
}

function inRoom({ room, reason, ban, guest }: Situation): Status {
  switch (room) {
    case "joining":
      return busy("Entering the room…");
    case "catching-up":
      return busy("Catching up…");
    case "live":
      return { tone: "good", text: "Live", retryAt: null, remedy: null };
    case "paused":
      return busy("Sending is paused. What you write is kept and sent as soon as possible.");
    case "left":
      return bad("You have left.", "enter");
    case "refused":
      return refusedRoom(reason, ban, guest);
  }
}

function refusedConnection(code: number | null, { ban, guest }: Situation): Status {
  switch (code) {
    case closeCodes.version:
      return bad("This page is older than its server.", "reload");
    case closeCodes.unauthorised:
      return guest
        ? bad("The server does not let you in.", "enter")
        : bad("The server does not accept the token in your link.", "as-guest");
    case closeCodes.banned:
      return banned(ban);
    case closeCodes.forbiddenOrigin:
      return bad("The server does not take connections from this address.", null);
    default:
      return bad("The server has ended the connection.", "reload");
  }
}

function refusedRoom(reason: RefusedRoomReason | null, ban: string | null, guest: boolean): Status {
  switch (reason) {
    case "banned":
      return banned(ban);
    case "no-such-room":
      return bad("There is no such room.", "enter");
    case "forbidden":
      return guest
        ? bad("This room does not let guests in. Ask its host for a link with a token.", "enter")
        : bad("Your token is not for this room.", "as-guest");
    case "archived":
      return bad("This room is closed for good.", null);
    default:
      return bad("The room cannot be entered now.", "enter");
  }
}

/** It may be over, or lifted: nobody tells those who are outside. */
function banned(ban: string | null): Status {
  return bad(ban ?? "A moderator banned you from this room.", "enter");
}

function busy(text: string): Status {
  return { tone: "busy", text, retryAt: null, remedy: null };
}

function bad(text: string, remedy: Remedy | null): Status {
  return { tone: "bad", text, retryAt: null, remedy };
}
