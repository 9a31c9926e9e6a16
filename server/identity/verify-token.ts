import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { explainClaims, isClaims } from "@chorus/protocol/parse.ts";
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { KeySet } from "./key-set.ts";
import { type Person, personOf } from "./person.ts";
import { type TokenAlgorithm, tokenAlgorithms, type TokenKey } from "./token-keys.ts";

/** Whose tokens are believed. */
export type TokenTrust = {
  keys: readonly TokenKey[];
  keySet: KeySet | null;
  issuer: string | null;
  audience: string | null;
};

export type Verified = { ok: true; person: Person };
/** `unavailable` is the one reason that time may cure: the key set could not be fetched. */
export type TokenRefusal = {
  ok: false;
  reason: "expired" | "forged" | "malformed" | "claims" | "revoked" | "unavailable";
  sentence: string;
};
export type TokenVerifier = { verify(token: string, now: Time): Promise<Verified | TokenRefusal> };

/** Clocks of two machines differ by this much at most. */
const clockToleranceSeconds = 5;
const shape = /^[\w-]+\.[\w-]+\.[\w-]*$/;
type Header = { algorithm: TokenAlgorithm; keyId: string | null };

/**
 * Checks JSON Web Tokens (RFC 7519, RFC 8725). The key decides the algorithm: a token is tried only with keys that
 * are for the algorithm it names, and `none` is no algorithm.
 */
export function createTokenVerifier(trust: TokenTrust): TokenVerifier {
  async function verify(token: string, now: Time): Promise<Verified | TokenRefusal> {
    const header = readHeader(token);
    if ("ok" in header) return header;
    const checked = await firstThatSigned(token, candidates(trust.keys, header), trust, now);
    if (checked !== null) return checked;
    if (trust.keySet === null || header.algorithm === "HS256") return forged;
    for (const keys of [trust.keySet.known, trust.keySet.newer]) {
      const set = await keys(now);
      if (set === "unavailable") return unavailable;
      const checked = await firstThatSigned(token, candidates(set, header), trust, now);
      if (checked !== null) return checked;
    }
    return forged;
  }
  return { verify };
}

function readHeader(token: string): Header | TokenRefusal {
  if (token.length > limits.tokenBytesMax) return refused("malformed", "The token is too long.");
  if (!shape.test(token)) return notAToken;
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    const algorithm = tokenAlgorithms.find((known) => known === alg);
    if (algorithm === undefined) {
      return refused("forged", `The token must be signed with ${tokenAlgorithms.join(", ")}.`);
    }
    return { algorithm, keyId: typeof kid === "string" ? kid : null };
  } catch {
    return notAToken;
  }
}

function candidates(keys: readonly TokenKey[], header: Header): TokenKey[] {
  return keys.filter(
    ({ algorithm, id }) =>
      algorithm === header.algorithm && (id === null || header.keyId === null || id === header.keyId),
  );
}

/** Null when none of the keys made the signature. */
async function firstThatSigned(
  token: string,
  keys: readonly TokenKey[],
  trust: TokenTrust,
  now: Time,
): Promise<Verified | TokenRefusal | null> {
  for (const { algorithm, key } of keys) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [algorithm],
        requiredClaims: ["exp", "sub"],
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(now),
        ...(trust.issuer === null ? {} : { issuer: trust.issuer }),
        ...(trust.audience === null ? {} : { audience: trust.audience }),
      });
      return readPayload(payload, now);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return refusalOf(error);
    }
  }
  return null;
}

function readPayload(payload: JWTPayload, now: Time): Verified | TokenRefusal {
  if (!isClaims(payload)) return refused("claims", `The token's claims are wrong: ${explainClaims(payload)}`);
  return { ok: true, person: personOf(payload, now) };
}

/** Only what jose says of a token is an answer; anything else is a fault of this program. */
function refusalOf(error: unknown): TokenRefusal {
  if (error instanceof errors.JWTExpired) return refused("expired", "The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed) return refused("claims", claimSentence(error));
  if (error instanceof errors.JOSEError) return notAToken;
  throw error;
}

function claimSentence({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === "missing") return `The token has no claim "${claim}".`;
  if (claim === "nbf" && reason === "check_failed") return "The token is not valid yet.";
  return `The token's claim "${claim}" is not the one that this server expects.`;
}

function refused(reason: TokenRefusal["reason"], sentence: string): TokenRefusal {
  return { ok: false, reason, sentence };
}

const notAToken = refused("malformed", "The token is not a signed JSON Web Token.");
const forged = refused("forged", "The token is not signed with a key of this server.");
const unavailable = refused("unavailable", "The token cannot be checked at the moment. Try again shortly.");
