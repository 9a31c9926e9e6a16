import { createHmac } from "node:crypto";
import type { IceCredentials } from "./offer.ts";

/** A Binding request that nominates its pair, as browsers send them to an agent of ICE-lite, signed with the password. */
export function aCheck({ ufrag, pwd }: IceCredentials): Buffer {
  const unsigned = stunMessage([
    [0x0006, Buffer.from(`${ufrag}:rIA3`)],
    [0x0024, Buffer.from([110, 0, 30, 255])],
    [0x802a, Buffer.alloc(8, 7)],
    [0x0025, Buffer.alloc(0)],
  ]);
  unsigned.writeUInt16BE(unsigned.length - 20 + 24, 2);
  const signature = createHmac("sha1", pwd).update(unsigned).digest();
  return Buffer.concat([unsigned, stunAttribute(0x0008, signature)]);
}

/** A Binding request of these attributes, as RFC 8489 has it. */
export function stunMessage(attributes: readonly (readonly [number, Buffer])[]): Buffer {
  const body = Buffer.concat(attributes.map(([type, value]) => stunAttribute(type, value)));
  const header = Buffer.alloc(20, 9);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(0x2112_a442, 4);
  return Buffer.concat([header, body]);
}

function stunAttribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}
