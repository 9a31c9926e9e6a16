import { report } from "@chorus/core/delivery/cursor.ts";
import { unreachable } from "@chorus/core/unreachable.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { ProtocolError, parseRequest } from "@chorus/protocol/parse.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { Command, React, Request } from "@chorus/protocol/requests.ts";
import { catchUp } from "./fan-out.ts";
import { fill, join, leave, sendLeft } from "./joins.ts";
import { endSession } from "./sessions.ts";
import type { Gateway, Session } from "./state.ts";
import { countTaps, tapsRefused, tapsTooOften } from "./taps.ts";
import { hasCredit, sendToKeeper } from "./uplink.ts";
import { refusal } from "./wire.ts";

/** What a client may ask once it has been welcomed. The frame is parsed here, once, and nowhere after. */
export function receiveRequest(
  gateway: Gateway,
  session: Session,
  text: string,
  renew: (token: string) => void,
): void {
  const request = parsed(gateway, session, text);
  if (request === null) return;
  gateway.observe.frameIn?.(request.t, text.length);
  switch (request.t) {
    case "hello":
      return refuseMalformed(gateway, session, "There is one hello a connection.");
    case "join":
      return join(gateway, session, request);
    case "leave":
      if (session.members.has(request.room)) sendLeft(gateway, session, request.room, "left");
      return leave(gateway, session, request.room);
    case "say":
    case "edit":
    case "retract":
    case "moderate":
      return command(gateway, session, request);
    case "react":
      return react(gateway, session, request);
    case "seen": {
      const member = session.members.get(request.room);
      if (member !== undefined && report(member.cursor, request.seq)) catchUp(gateway, member);
      return;
    }
    case "fill":
      return fill(gateway, session, request.room, request.epoch, request.from, request.to);
    case "token":
      return renew(request.token);
    default:
      return unreachable(request);
  }
}

/** Null when the frame was not one; then it has been answered and counted. */
export function parsed(gateway: Gateway, session: Session, text: string): Request | null {
  try {
    return parseRequest(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    refuseMalformed(gateway, session, error.message, error.about);
    return null;
  }
}

export function refuseMalformed(
  gateway: Gateway,
  session: Session,
  sentence: string,
  about: ProtocolError["about"] = {},
): void {
  session.malformed += 1;
  gateway.observe.refused?.("malformed");
  session.connection.send(refusal("malformed", about, sentence));
  if (session.malformed <= limits.malformedFramesMax) return;
  gateway.observe.limit?.("malformedFramesMax");
  endSession(gateway, session, "malformed", "Too many frames could not be understood.");
}

function command(gateway: Gateway, session: Session, request: Command): void {
  const member = session.members.get(request.room);
  const { person } = session;
  if (member === undefined || person === null) return refuse(gateway, session, request, "not-joined");
  if (owesTooMuch(gateway, session) || !hasCredit(gateway))
    return refuse(gateway, session, request, "busy", 1_000);
  if (member.phase === "waiting" || member.feed.sending === "paused") {
    return refuse(gateway, session, request, "try-later", 1_000);
  }
  session.unanswered += 1;
  session.commandedAt = gateway.clock.now();
  const { role, grants } = member.rights;
  sendToKeeper(gateway, request.room, {
    i: "command",
    origin: { gateway: gateway.id, connection: session.id },
    actor: { id: person.id, name: person.name, skeleton: session.skeleton, role, grants },
    command: request,
    id: gateway.mintId(),
  });
}

/** Answers may be lost: after a time without new commands none is waited for any more. */
function owesTooMuch(gateway: Gateway, session: Session): boolean {
  if (session.unanswered < limits.answersInFlightMax) return false;
  if (gateway.clock.now() - session.commandedAt > limits.inputAnswerWithinMs) {
    session.unanswered = 0;
    return false;
  }
  gateway.observe.limit?.("answersInFlightMax");
  return true;
}

/** Taps are counted, not answered: they come back as tallies. */
function react(gateway: Gateway, session: Session, request: React): void {
  const member = session.members.get(request.room);
  if (member === undefined || member.phase === "waiting")
    return refuse(gateway, session, request, "not-joined");
  if (tapsTooOften(gateway, member)) return refuse(gateway, session, request, "rate", 1_000);
  const { rights, feed } = member;
  const reason = tapsRefused(gateway, rights, feed.settings, request.taps);
  if (reason !== null) return refuse(gateway, session, request, reason);
  countTaps(gateway, request.room, request.taps);
}

function refuse(
  gateway: Gateway,
  session: Session,
  about: Command | React,
  reason: RefusalReason,
  retryMs?: number,
): void {
  gateway.observe.refused?.(reason);
  const { room, key } = about;
  session.connection.send(refusal(reason, retryMs === undefined ? { room, key } : { room, key, retryMs }));
}
