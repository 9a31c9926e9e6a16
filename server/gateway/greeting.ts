import { skeletonOf } from "@chorus/core/skeleton.ts";
import { type Time, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Hello } from "@chorus/protocol/requests.ts";
import { protocolVersion, versionAccepted } from "@chorus/protocol/version.ts";
import type { Person } from "../identity/person.ts";
import { deflate } from "./deflate.ts";
import { renewRights } from "./joins.ts";
import { parsed, receiveRequest, refuseMalformed } from "./requests.ts";
import { endSession, noFrames } from "./sessions.ts";
import type { Gateway, Session, Verdict } from "./state.ts";
import { frameOf, refusal } from "./wire.ts";

/** What a client sends, from its hello on: how fast it may talk, who it is, and then its requests. */
export function receiveText(gateway: Gateway, session: Session, text: string): void {
  if (session.phase === "closed") return;
  const now = gateway.clock.now();
  session.heardAt = now;
  if (!spendToken(session, now)) return overRate(gateway, session);
  if (session.phase === "greeting") return greet(gateway, session, text);
  if (session.phase === "verifying") return queueEarly(gateway, session, text);
  receiveRequest(gateway, session, text, (token) => renew(gateway, session, token));
}

/** A ping costs what a frame costs. False when it is not to be answered. */
export function receivePing(gateway: Gateway, session: Session): boolean {
  if (session.phase === "closed") return false;
  session.heardAt = gateway.clock.now();
  if (spendToken(session, session.heardAt)) return true;
  overRate(gateway, session);
  return false;
}

function greet(gateway: Gateway, session: Session, text: string): void {
  const hello = parsed(gateway, session, text);
  if (hello === null) return;
  if (hello.t !== "hello") return refuseMalformed(gateway, session, "The first frame must be hello.");
  gateway.observe.frameIn?.("hello", text.length);
  if (!versionAccepted(hello.v)) {
    return endSession(
      gateway,
      session,
      "version",
      `This server speaks version ${protocolVersion}. Reload the page.`,
    );
  }
  session.phase = "verifying";
  gateway.authenticate(hello, gateway.clock.now(), (verdict) => {
    if (session.phase === "verifying") welcome(gateway, session, hello, verdict);
  });
}

function welcome(gateway: Gateway, session: Session, hello: Hello, verdict: Verdict): void {
  if (!verdict.ok) return endSession(gateway, session, verdict.close, verdict.sentence);
  const { person, guest } = verdict;
  const siblings = gateway.people.get(person.id) ?? new Set();
  gateway.people.set(person.id, siblings.add(session));
  become(session, person);
  session.countsAs = person.kind === "viewer" ? (hello.kind ?? "viewer") : person.kind;
  const offers = (what: string): boolean =>
    !session.connection.oneWay && hello.accept?.includes(what) === true;
  session.deflates = offers(deflate);
  session.polls = offers(segments);
  session.phase = "open";
  const now = gateway.clock.now();
  session.resumeDue = time(now + limits.resumeTokenEveryMs);
  session.connection.send(
    frameOf({
      t: "welcome",
      v: hello.v,
      you: person.name === null ? { id: person.id } : { id: person.id, name: person.name },
      time: now,
      resume: gateway.resumeToken(person, now),
      ...(guest === null ? {} : { guest }),
      accept: [deflate, segments].filter(offers),
      beatMs: limits.heartbeatMs,
    }),
  );
  const { early } = session;
  session.early = noFrames;
  for (const text of early)
    if (isOpen(session)) receiveRequest(gateway, session, text, (token) => renew(gateway, session, token));
}

/** What a client offers that can read a room by segments (docs/segments.md). */
const segments = "segments";

function become(session: Session, person: Person): void {
  session.person = person;
  session.skeleton = person.name === null ? "" : skeletonOf(person.name);
}

function isOpen(session: Session): boolean {
  return session.phase === "open";
}

function queueEarly(gateway: Gateway, session: Session, text: string): void {
  if (session.early.length >= limits.earlyFramesMax) {
    gateway.observe.limit?.("earlyFramesMax");
    return session.connection.send(refusal("rate"));
  }
  if (session.early === noFrames) session.early = [];
  session.early.push(text);
}

/** A fresh token must be the same person's. What it grants counts at once. */
function renew(gateway: Gateway, session: Session, token: string): void {
  gateway.renew(token, gateway.clock.now(), (verdict) => {
    if (session.phase !== "open") return;
    if (!verdict.ok) return endSession(gateway, session, verdict.close, verdict.sentence);
    if (verdict.person.id !== session.person?.id) {
      return endSession(gateway, session, "unauthorised", "The new token is somebody else's.");
    }
    become(session, verdict.person);
    session.refreshBy = null;
    sendResumeToken(gateway, session, verdict.person);
    for (const member of session.members.values()) renewRights(gateway, member);
  });
}

/** The last one ends with the token that it stands for. */
export function sendResumeToken(gateway: Gateway, session: Session, person: Person): void {
  const now = gateway.clock.now();
  session.resumeDue = time(now + limits.resumeTokenEveryMs);
  session.connection.send(frameOf({ t: "resume", resume: gateway.resumeToken(person, now) }));
}

function spendToken(session: Session, now: Time): boolean {
  const earned = ((now - session.tokensAt) * limits.framesPerSecond) / 1_000;
  session.tokens = Math.min(limits.framesBurst, session.tokens + earned);
  session.tokensAt = time(now);
  if (session.tokens < 1) return false;
  session.tokens -= 1;
  return true;
}

function overRate(gateway: Gateway, session: Session): void {
  session.overRate += 1;
  gateway.observe.limit?.("framesPerSecond");
  gateway.observe.refused?.("rate");
  if (session.overRate === 1 || session.overRate % 10 === 0)
    session.connection.send(refusal("rate", { retryMs: 1_000 }));
  if (session.overRate <= limits.framesRefusedBeforeClose) return;
  gateway.observe.limit?.("framesRefusedBeforeClose");
  endSession(gateway, session, "rate", "You are sending far too fast.");
}
