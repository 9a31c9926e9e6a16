/**
 * The wire version. It rises when a frame changes in a way that a client of the version before would not
 * understand; `digest.test.ts` fails when the schemas change and this number, or the recorded digest, does not.
 */
export const protocolVersion = 1;

/** The server speaks this version and the one before, so that clients and servers can be upgraded apart. */
export function versionAccepted(version: number, current: number = protocolVersion): boolean {
  return Number.isInteger(version) && version >= 1 && version <= current && version >= current - 1;
}
