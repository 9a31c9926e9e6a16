import { readFileSync } from "node:fs";
import { developmentKey } from "../config.ts";
import { secretBytesMin } from "../identity/token-keys.ts";

/** A secret to sign tokens with, or the sentence that says why there is none. */
export type SigningKey = { secret: Uint8Array } | { problem: string };

export const developmentSigningKey: SigningKey = { secret: Buffer.from(developmentKey, "utf8") };

/** The same text makes the same key as for `chorus start`: without the line break at its end. */
export function signingKeyFrom(text: string, what: string): SigningKey {
  const secret = Buffer.from(text.replace(/\r?\n$/, ""), "utf8");
  if (text.includes("-----BEGIN ")) {
    return { problem: `${what} is a PEM key; tokens are signed here with a secret (HS256).` };
  }
  if (secret.length >= secretBytesMin) return { secret };
  return { problem: `${what} is shorter than ${secretBytesMin} bytes: give the key that the server has.` };
}

export function signingKeyInFile(path: string): SigningKey {
  try {
    return signingKeyFrom(readFileSync(path, "utf8"), `The signing key in ${path}`);
  } catch (error) {
    const why = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return { problem: `The signing key ${path} cannot be read${why}.` };
  }
}
