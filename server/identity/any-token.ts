import type { Guests } from "./guests.ts";
import type { ResumeTokens } from "./resume-token.ts";
import type { TokenVerifier } from "./verify-token.ts";

/** Believes whatever says who somebody is on a connection: a resume token, a guest's, or a JSON Web Token. */
export function createAnyToken(
  tokens: TokenVerifier,
  resumes: Pick<ResumeTokens, "verify">,
  guests: Pick<Guests, "verify">,
): TokenVerifier {
  return {
    async verify(token, now) {
      const person = resumes.verify(token, now) ?? guests.verify(token, now);
      return person === null ? tokens.verify(token, now) : { ok: true, person };
    },
  };
}
