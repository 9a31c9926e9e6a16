import { createCipheriv, createHmac } from "node:crypto";

/**
 * Encrypts RTP packets (RFC 3711; RFC 7714 for AES-GCM). The rollover counter comes from the unwrapped number, so that a
 * packet that is sent again after the numbers have turned is encrypted as it was the first time.
 */
export type SrtpOut = {
  /** @param sequence unwrapped, of which the header has the low 16 bits. */
  encrypt(header: Buffer, payload: Buffer, ssrc: number, sequence: number): Buffer;
};

export type SrtpKeys = {
  readonly profile: "aes-128-gcm" | "aes-128-cm-hmac-sha1-80";
  readonly key: Buffer;
  readonly salt: Buffer;
  /** Of HMAC-SHA1; unused by AES-GCM. */
  readonly authentication: Buffer;
};

export function createSrtpOut({ profile, key, salt, authentication }: SrtpKeys): SrtpOut {
  /** The turn of the first packet of each source: the peer begins to count there. */
  const turns = new Map<number, number>();
  const iv = Buffer.alloc(profile === "aes-128-gcm" ? 12 : 16);
  const rollover = Buffer.alloc(4);

  function turnOf(ssrc: number, sequence: number): number {
    const turn = Math.floor(sequence / 2 ** 16);
    const first = turns.get(ssrc);
    if (first === undefined) turns.set(ssrc, turn);
    return turn - (first ?? turn);
  }

  /** RFC 7714, 8.1. */
  function galois(header: Buffer, payload: Buffer, ssrc: number, sequence: number): Buffer {
    iv.fill(0);
    iv.writeUInt32BE(ssrc, 2);
    iv.writeUInt32BE(turnOf(ssrc, sequence), 6);
    iv.writeUInt16BE(sequence & 0xffff, 10);
    mix(iv, salt, 12);
    const cipher = createCipheriv("aes-128-gcm", key, iv);
    cipher.setAAD(header);
    const body = cipher.update(payload);
    cipher.final();
    return Buffer.concat([header, body, cipher.getAuthTag()]);
  }

  /** RFC 3711, 4.1.1 and 4.2. */
  function counter(header: Buffer, payload: Buffer, ssrc: number, sequence: number): Buffer {
    const turn = turnOf(ssrc, sequence);
    iv.fill(0);
    iv.writeUInt32BE(ssrc, 4);
    iv.writeUInt32BE(turn, 8);
    iv.writeUInt16BE(sequence & 0xffff, 12);
    mix(iv, salt, 14);
    const body = createCipheriv("aes-128-ctr", key, iv).update(payload);
    rollover.writeUInt32BE(turn, 0);
    const tag = createHmac("sha1", authentication).update(header).update(body).update(rollover).digest();
    return Buffer.concat([header, body, tag.subarray(0, 10)]);
  }

  return { encrypt: profile === "aes-128-gcm" ? galois : counter };
}

function mix(into: Buffer, salt: Buffer, bytes: number): void {
  for (let index = 0; index < bytes; index += 1) {
    into.writeUInt8(into.readUInt8(index) ^ salt.readUInt8(index), index);
  }
}
