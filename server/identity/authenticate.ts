import type { Time } from "@chorus/protocol/ids.ts";
import type { Hello } from "@chorus/protocol/requests.ts";
import type { Verdict } from "../gateway/state.ts";
import type { Guests } from "./guests.ts";
import type { ReadTickets } from "./read-ticket.ts";
import type { Person } from "./person.ts";
import { notTold, type Revocations, unlessRevoked } from "./revocations.ts";
import type { ResumeTokens } from "./resume-token.ts";
import type { TokenRefusal, TokenVerifier } from "./verify-token.ts";

/**
 * Finds out who a hello is from: a resume token or a ticket, a guest's token, a JSON Web Token, or nobody yet, who becomes a guest.
 * The first two ask nobody and are answered at once.
 */
export type Authentication = {
  authenticate(hello: Hello, now: Time, done: (verdict: Verdict) => void): void;
  renew(token: string, now: Time, done: (verdict: Verdict) => void): void;
};

export function createAuthentication(
  verifier: TokenVerifier,
  resumes: ResumeTokens,
  guests: Guests,
  tickets: Pick<ReadTickets, "verify">,
  revocations: Revocations,
): Authentication {
  const tokens = unlessRevoked(revocations, verifier);

  function renew(token: string, now: Time, done: (verdict: Verdict) => void): void {
    const guest = standing(guests.verify(token, now));
    if (guest !== null) return done({ ok: true, person: guest, guest: null });
    void tokens.verify(token, now).then((result) => {
      done(result.ok ? { ok: true, person: result.person, guest: null } : refused(result));
    });
  }

  function standing(person: Person | null): Person | null {
    return person === null || revocations.isRevoked(person) ? null : person;
  }

  function identify(hello: Hello, now: Time, done: (verdict: Verdict) => void): void {
    if (hello.resume !== undefined) {
      const person = standing(resumes.verify(hello.resume, now) ?? tickets.verify(hello.resume, now));
      if (person !== null) return done({ ok: true, person, guest: null });
      if (hello.token === undefined) {
        return done({
          ok: false,
          close: "tokenExpired",
          sentence: "The resume token or ticket is no longer good. Send your token.",
        });
      }
    }
    const guest = hello.token === undefined ? null : standing(guests.verify(hello.token, now));
    if (guest !== null) return done(admitted(guests.renew(guest, hello.name, now)));
    /* A guest's token that is too old, or was called back, makes a new guest, since a guest has nobody to ask for another. */
    if (hello.token === undefined || hello.token.startsWith("g1."))
      return done(admitted(guests.mint(hello.name, now)));
    renew(hello.token, now, done);
  }

  return {
    renew,
    authenticate(hello, now, done) {
      revocations.whenTold((told) => (told ? identify(hello, now, done) : done(refused(notTold))));
    },
  };
}

function admitted({ person, token }: ReturnType<Guests["mint"]>): Verdict {
  return { ok: true, person, guest: token };
}

function refused({ reason, sentence }: TokenRefusal): Verdict {
  switch (reason) {
    case "expired":
      return { ok: false, close: "tokenExpired", sentence };
    case "revoked":
      return { ok: false, close: "tokenRevoked", sentence };
    case "unavailable":
      return { ok: false, close: "busy", sentence };
    default:
      return { ok: false, close: "unauthorised", sentence };
  }
}
