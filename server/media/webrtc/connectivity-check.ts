import { createHmac, timingSafeEqual } from "node:crypto";
import type { IceCredentials } from "./offer.ts";

/** Of STUN (RFC 8489, 5 and 14). */
const headerBytes = 20;
const cookie = 0x2112_a442;
const bindingRequest = 0x0001;
const username = 0x0006;
const messageIntegrity = 0x0008;
const integrityBytes = 20;

/**
 * Whether a datagram is a connectivity check by somebody who knows the session's password (RFC 8445, 7.3): a Binding request with
 * a name that begins with our fragment, and with the HMAC of all before it.
 *
 * @param ours our credentials: after a restart of ICE, those of before too.
 */
export function isConnectivityCheck(bytes: Buffer, ours: readonly IceCredentials[]): boolean {
  if (bytes.length < headerBytes || bytes.readUInt16BE(0) !== bindingRequest) return false;
  if (bytes.readUInt32BE(4) !== cookie || bytes.readUInt16BE(2) !== bytes.length - headerBytes) return false;
  let named: IceCredentials | undefined;
  for (let at = headerBytes; at + 4 <= bytes.length;) {
    const type = bytes.readUInt16BE(at);
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) return false;
    const value = bytes.subarray(at + 4, end);
    if (type === username) named = ours.find(({ ufrag }) => isFor(value, ufrag));
    /* What comes after it is not covered by it, and not believed (RFC 8489, 14.5): a fingerprint at most. */
    if (type === messageIntegrity) return named !== undefined && isSigned(bytes, at, value, named.pwd);
    at += 4 + 4 * Math.ceil(value.length / 4);
  }
  return false;
}

function isFor(name: Buffer, ufrag: string): boolean {
  return name.toString("latin1", 0, ufrag.length + 1) === `${ufrag}:`;
}

/** Its length counts as if the signature were the last attribute (RFC 8489, 14.5). */
function isSigned(bytes: Buffer, at: number, signature: Buffer, password: string): boolean {
  if (signature.length !== integrityBytes) return false;
  const signed = Buffer.from(bytes.subarray(0, at));
  signed.writeUInt16BE(at + 4 + integrityBytes - headerBytes, 2);
  const own = createHmac("sha1", password).update(signed).digest();
  return timingSafeEqual(own, signature);
}
