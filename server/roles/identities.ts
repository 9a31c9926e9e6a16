import type { Config } from "../config.ts";
import { createAnyToken } from "../identity/any-token.ts";
import { createGuests, type Guests } from "../identity/guests.ts";
import { createKeySet } from "../identity/key-set.ts";
import { createResumeTokens, type ResumeTokens } from "../identity/resume-token.ts";
import { createTokenVerifier, type TokenVerifier } from "../identity/verify-token.ts";
import { internalSecret } from "../internal-secret.ts";

/** Whatever a process believes of people, by what the server was told. */
export type Identities = {
  /** What the processes of a server share, and sign with. */
  secret: Uint8Array;
  verifier: TokenVerifier;
  resumes: ResumeTokens;
  guests: Guests;
  anyToken: TokenVerifier;
};

export function identitiesOf(config: Config): Identities {
  const secret = internalSecret(config);
  const { keys, jwksUrl, issuer, audience } = config.tokens;
  const keySet = jwksUrl === null ? null : createKeySet(jwksUrl);
  const verifier = createTokenVerifier({ keys, keySet, issuer, audience });
  const resumes = createResumeTokens(secret);
  const guests = createGuests(secret);
  return { secret, verifier, resumes, guests, anyToken: createAnyToken(verifier, resumes, guests) };
}
