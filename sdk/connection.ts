import { type Behaviour, behaviourOf } from "@chorus/protocol/close-codes.ts";
import type { Welcome } from "@chorus/protocol/frames.ts";
import type { Hello } from "@chorus/protocol/requests.ts";
import { protocolVersion } from "@chorus/protocol/version.ts";
import * as bounds from "./bounds.ts";
import * as codes from "./codes.ts";
import type { ConnectionStateName } from "./events.ts";
import { closeRoom, refuseRoom, sendJoin, suspendRoom } from "./room.ts";
import { backoff, keep, type Link, type Machine, send, tellAll, tellTrouble } from "./state.ts";

/**
 * The one connection: made, watched, made again. A token is asked for where nothing else says who we are, and `dueAt` is
 * Infinity until it is there.
 */
export function begin(machine: Machine): void {
  const { link } = machine;
  if (machine.options.hasToken && link.resume === null && !link.tokenAsked) {
    link.dueAt = Infinity;
    become(machine, "connecting");
    return fetchToken(machine);
  }
  link.socket++;
  link.dueAt = machine.now + bounds.welcomeWithinMs;
  link.drainAt = Infinity;
  machine.effects.push({ do: "open", socket: link.socket });
  become(machine, "connecting");
}

/** Joins do not wait for the welcome: they save a round trip. */
export function receiveOpened(machine: Machine): void {
  send(machine, hello(machine));
  for (const room of machine.rooms) sendJoin(machine, room);
}

export function receiveWelcome(machine: Machine, welcome: Welcome): void {
  const { link, now } = machine;
  link.resume = welcome.resume;
  if (welcome.guest !== undefined && welcome.guest !== link.guest) keepGuest(machine, welcome.guest);
  machine.you = { id: welcome.you.id, name: welcome.you.name ?? null };
  if (link.state !== "live") link.liveAt = now;
  /* Whoever was let in has not failed; the second pause is kept for a server that falls again at once. */
  link.attempts = Math.min(link.attempts, 1);
  link.dueAt = now + bounds.silenceMs;
  become(machine, "live");
  tellAll(machine, "welcome", { ...machine.you, time: welcome.time });
}

/** The server, or the way there, has ended the connection. */
export function receiveClosed(machine: Machine, code: number, retryMs: number | null): void {
  const { link } = machine;
  const staleProof = code === codes.unauthorised && (link.used === "resume" || link.used === "guest");
  lose(machine, staleProof ? "refresh" : behaviourOf(code), code, retryMs ?? 0);
}

/** The machine itself ends the connection and makes the next one. */
export function abandon(machine: Machine, code: number, behaviour: Behaviour): void {
  machine.effects.push({ do: "close", socket: machine.link.socket, code });
  lose(machine, behaviour, code, 0);
}

/** The time of the connection's state is over. */
export function connectionDue(machine: Machine): void {
  const { link, now } = machine;
  if (now >= link.drainAt) {
    link.drainAt = Infinity;
    if (link.state === "live") return abandon(machine, codes.drained, "resume");
  }
  if (now >= link.fetchBy) receiveNoToken(machine, tokenLate);
  if (now < link.dueAt) return;
  if (link.state === "live") abandon(machine, codes.silent, "resume");
  else if (link.state === "connecting") abandon(machine, codes.helloTimeout, "back-off");
  else if (link.state === "reconnecting") begin(machine);
}

/** The network is back, or somebody looks again: no reason to wait any longer. */
export function hurry(machine: Machine): void {
  if (machine.link.state === "reconnecting") begin(machine);
}

export function receiveRefresh(machine: Machine): void {
  if (machine.options.hasToken) fetchToken(machine);
}

export function receiveToken(machine: Machine, token: string | null): void {
  const { link } = machine;
  stopFetching(link);
  if (link.state === "closed" || link.state === "refused") return;
  link.token = token;
  link.tokenAsked = true;
  if (link.state === "live") {
    if (token !== null) send(machine, { t: "token", token });
  } else if (link.state === "connecting" && link.dueAt === Infinity) begin(machine);
}

/** The application could not say who we are. A running connection goes on for as long as the server lets it. */
export function receiveNoToken(machine: Machine, cause: unknown): void {
  const { link } = machine;
  const waits = link.state === "connecting" && link.dueAt === Infinity;
  stopFetching(link);
  if (link.state === "closed" || link.state === "refused") return;
  const why = cause instanceof Error ? cause.message : String(cause);
  const sentence = `The application has no token at the moment (${why}).`;
  tellTrouble(machine, { reason: "no-token", sentence }, cause);
  if (waits) retryIn(machine, backoff(machine, link.attempts));
}

const tokenLate = `token() did not answer within ${bounds.tokenWithinMs / 1_000} s`;

export function closeConnection(machine: Machine): void {
  const { link } = machine;
  if (link.state === "live" || (link.state === "connecting" && link.dueAt !== Infinity)) {
    machine.effects.push({ do: "close", socket: link.socket, code: 1000 });
  }
  link.socket++;
  link.dueAt = Infinity;
  link.drainAt = Infinity;
  stopFetching(link);
  for (const room of machine.rooms) closeRoom(machine, room, "closed");
  machine.rooms = [];
  become(machine, "closed");
}

/** What says who we are, the best first. */
const proofs = ["resume", "token", "guest"] as const;

function hello(machine: Machine): Hello {
  const { link, options } = machine;
  const frame: Hello = { t: "hello", v: protocolVersion };
  link.used = proofs.find((proof) => link[proof] !== null) ?? null;
  const proof = link.used === null ? null : link[link.used];
  if (proof !== null) frame[link.used === "resume" ? "resume" : "token"] = proof;
  if (options.name !== null) frame.name = options.name;
  if (options.kind !== null) frame.kind = options.kind;
  if (options.accept !== undefined) frame.accept = [...options.accept];
  return frame;
}

function lose(machine: Machine, behaviour: Behaviour, code: number, retryMs: number): void {
  const { link } = machine;
  if (link.state === "live" && machine.now - link.liveAt >= bounds.steadyAfterMs) link.attempts = 0;
  link.socket++;
  link.drainAt = Infinity;
  for (const room of machine.rooms) suspendRoom(machine, room);
  if (behaviour === "give-up") return refuse(machine, code);
  if (behaviour === "refresh") forgetProof(machine);
  const first = link.attempts === 0;
  const waitMs = Math.max(retryMs, first && behaviour !== "back-off" ? 0 : backoff(machine, link.attempts));
  if (waitMs > 0) return retryIn(machine, waitMs);
  link.attempts++;
  begin(machine);
}

function retryIn(machine: Machine, waitMs: number): void {
  const { link } = machine;
  link.attempts++;
  link.dueAt = machine.now + waitMs;
  become(machine, "reconnecting");
}

function refuse(machine: Machine, code: number): void {
  const { link } = machine;
  link.dueAt = Infinity;
  stopFetching(link);
  for (const room of machine.rooms) refuseRoom(machine, room, "connection-refused");
  become(machine, "refused", code);
}

function forgetProof(machine: Machine): void {
  const { link } = machine;
  link.resume = null;
  link.token = null;
  link.tokenAsked = false;
  if (link.used === "guest") keepGuest(machine, null);
}

function keepGuest(machine: Machine, guest: string | null): void {
  machine.link.guest = guest;
  keep(machine, "guest", guest);
}

function fetchToken(machine: Machine): void {
  const { link } = machine;
  if (link.fetching) return;
  link.fetching = true;
  link.fetchBy = machine.now + bounds.tokenWithinMs;
  machine.effects.push({ do: "fetch-token" });
}

function stopFetching(link: Link): void {
  link.fetching = false;
  link.fetchBy = Infinity;
}

function become(machine: Machine, state: ConnectionStateName, code: number | null = null): void {
  const { link } = machine;
  if (link.state === state && state !== "reconnecting") return;
  link.state = state;
  tellAll(machine, "state", { state, retryAt: state === "reconnecting" ? link.dueAt : null, code });
}
