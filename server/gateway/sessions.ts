import type { CloseName } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Connection } from "./connection.ts";
import { isAddressFull, noteCrowd } from "./crowd.ts";
import { leave } from "./joins.ts";
import type { Gateway, Session } from "./state.ts";

/** A connection from its first byte to its last. */
export function openSession(gateway: Gateway, connection: Connection): Session | null {
  const refused = overCapacity(gateway, connection.address);
  if (refused !== null) {
    closeConnection(gateway, connection, ...refused);
    return null;
  }
  const now = gateway.clock.now();
  const session: Session = {
    id: gateway.nextSession++,
    connection,
    phase: "greeting",
    openedAt: now,
    heardAt: now,
    person: null,
    skeleton: "",
    countsAs: "viewer",
    deflates: false,
    polls: false,
    members: new Map(),
    early: noFrames,
    tokens: limits.framesBurst,
    tokensAt: now,
    overRate: 0,
    malformed: 0,
    unanswered: 0,
    commandedAt: now,
    refreshBy: null,
    resumeDue: now,
  };
  gateway.sessions.set(session.id, session);
  const count = (gateway.addresses.get(connection.address) ?? 0) + 1;
  gateway.addresses.set(connection.address, count);
  noteCrowd(gateway, count, gateway.caps.perAddress);
  return session;
}

/** Shared by all who have nothing waiting. */
export const noFrames: string[] = [];

export function heard(gateway: Gateway, session: Session): void {
  session.heardAt = gateway.clock.now();
}

/** The connection is gone, whoever ended it. */
export function closeSession(gateway: Gateway, session: Session): void {
  if (session.phase === "closed") return;
  session.phase = "closed";
  for (const room of session.members.keys()) leave(gateway, session, room);
  gateway.sessions.delete(session.id);
  const { address } = session.connection;
  const left = (gateway.addresses.get(address) ?? 1) - 1;
  if (left === 0) gateway.addresses.delete(address);
  else gateway.addresses.set(address, left);
  if (session.person === null) return;
  const siblings = gateway.people.get(session.person.id);
  siblings?.delete(session);
  if (siblings?.size === 0) gateway.people.delete(session.person.id);
}

/** Ends a session from this side. */
export function endSession(gateway: Gateway, session: Session, why: CloseName, sentence: string): void {
  if (session.phase === "closed") return;
  closeConnection(gateway, session.connection, why, sentence);
  closeSession(gateway, session);
}

function closeConnection(gateway: Gateway, connection: Connection, why: CloseName, sentence: string): void {
  gateway.observe.closed?.(why);
  connection.close(why, sentence);
}

function overCapacity(gateway: Gateway, address: string): [CloseName, string] | null {
  if (gateway.sessions.size >= gateway.caps.connections) {
    gateway.observe.limit?.("connectionsMax");
    return ["busy", "This server is full. Try again in a moment."];
  }
  if (isAddressFull(gateway, address)) {
    gateway.observe.limit?.("connectionsPerIpMax");
    return ["tooManyConnections", "There are too many connections from your network."];
  }
  return null;
}
