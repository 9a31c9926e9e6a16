import { createPublicKey, createSecretKey, type KeyObject } from "node:crypto";

export const tokenAlgorithms = ["HS256", "RS256", "ES256"] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/**
 * A key and the one algorithm that it is for. The algorithm follows from the key and never from the token, so that a
 * public key cannot be passed off as a secret. `id` is compared with a token's `kid` where both have one.
 */
export type TokenKey = {
  readonly algorithm: TokenAlgorithm;
  readonly id: string | null;
  readonly key: KeyObject;
};

/** RFC 7518 section 3.2: a key of at least the hash's size. */
export const secretBytesMin = 32;
/** RFC 7518 section 3.3. */
const rsaBitsMin = 2_048;
const algorithmUnknown = "Only RSA keys of 2,048 bits or more and P-256 keys can be used.";

export function secretTokenKey(secret: Uint8Array): TokenKey {
  return { algorithm: "HS256", id: null, key: createSecretKey(secret) };
}

/** Reads one PEM key or certificate, one JWK or a JWK set. A sentence says why it cannot. */
export function readPublicKeys(text: string): TokenKey[] | string {
  if (text.includes("PRIVATE KEY-----"))
    return "It is a private key. Give the public key that belongs to it.";
  if (text.includes("-----BEGIN ")) return asList(pemKey(text));
  const value = parseJson(text);
  if (!isRecord(value)) return "It is neither a PEM key nor a JSON Web Key.";
  if (!Array.isArray(value["keys"])) return asList(jwkKey(value));
  const keys = jwkSetKeys(value["keys"]);
  return keys.length === 0 ? `The key set has no key for signatures. ${algorithmUnknown}` : keys;
}

/** The usable keys of a set; keys for other purposes and algorithms are passed over. */
export function jwkSetKeys(jwks: readonly unknown[]): TokenKey[] {
  return jwks.map(jwkKey).filter((key) => typeof key !== "string");
}

function asList(key: TokenKey | string): TokenKey[] | string {
  return typeof key === "string" ? key : [key];
}

function pemKey(pem: string): TokenKey | string {
  const key = importing(() => createPublicKey(pem));
  return key === null ? "The PEM key cannot be read." : tokenKey(key, null);
}

function jwkKey(jwk: unknown): TokenKey | string {
  if (!isRecord(jwk)) return "It is no JSON Web Key.";
  if ("d" in jwk || jwk["kty"] === "oct")
    return "It is a private key. Give the public key that belongs to it.";
  if (jwk["use"] !== undefined && jwk["use"] !== "sig") return "The key is not for signatures.";
  const imported = importing(() => createPublicKey({ key: jwk, format: "jwk" }));
  if (imported === null) return "The JSON Web Key cannot be read.";
  const key = tokenKey(imported, typeof jwk["kid"] === "string" ? jwk["kid"] : null);
  if (typeof key === "string" || jwk["alg"] === undefined || jwk["alg"] === key.algorithm) return key;
  return `The key is for an algorithm other than ${tokenAlgorithms.join(", ")}.`;
}

function tokenKey(key: KeyObject, id: string | null): TokenKey | string {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === "rsa" && (details?.modulusLength ?? 0) >= rsaBitsMin) {
    return { algorithm: "RS256", id, key };
  }
  if (key.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1")
    return { algorithm: "ES256", id, key };
  return algorithmUnknown;
}

/** OpenSSL's errors say nothing that an operator could use. */
function importing(create: () => KeyObject): KeyObject | null {
  try {
    return create();
  } catch {
    return null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
