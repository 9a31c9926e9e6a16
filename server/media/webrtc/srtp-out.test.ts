import assert from "node:assert/strict";
import { test } from "node:test";
import { RtpPacket, SrtpSession } from "werift";
import { writeRtpHeader } from "./rtp-header.ts";
import { createSrtpOut } from "./srtp-out.ts";

const profiles = [
  { number: 7, profile: "aes-128-gcm", salt: 12 },
  { number: 1, profile: "aes-128-cm-hmac-sha1-80", salt: 14 },
] as const;

test("V3.20 packets are encrypted as any receiver of SRTP decrypts them, by both profiles, before and after the numbers turn", () => {
  for (const { number, profile, salt } of profiles) {
    const key = Buffer.alloc(16, 7);
    const masterSalt = Buffer.alloc(salt, 9);
    const keys = {
      localMasterKey: key,
      localMasterSalt: masterSalt,
      remoteMasterKey: key,
      remoteMasterSalt: masterSalt,
    };
    const session = new SrtpSession({ keys, profile: number });
    const { srtpSessionKey, srtpSessionSalt, srtpSessionAuthTag } = session.localContext;
    const out = createSrtpOut({
      profile,
      key: srtpSessionKey,
      salt: srtpSessionSalt,
      authentication: srtpSessionAuthTag,
    });
    const first = 3 * 2 ** 16 - 5;
    for (let sequence = first; sequence < first + 10; sequence += 1) {
      const payload = Buffer.from(`packet ${sequence}`);
      const parts = { payloadType: 108, marker: true, sequence, timestamp: 5, ssrc: 77, captured: null };
      const bytes = out.encrypt(writeRtpHeader(parts), payload, 77, sequence);
      const packet = RtpPacket.deSerialize(session.decrypt(bytes));
      assert.equal(packet.payload.toString(), payload.toString());
      assert.equal(packet.header.sequenceNumber, sequence & 0xffff);
    }
    // Sent again from before the turn, it is what it was.
    const again = { payloadType: 108, marker: true, sequence: first, timestamp: 5, ssrc: 77, captured: null };
    const header = writeRtpHeader(again);
    const other = createSrtpOut({
      profile,
      key: srtpSessionKey,
      salt: srtpSessionSalt,
      authentication: srtpSessionAuthTag,
    });
    assert.deepEqual(
      out.encrypt(header, Buffer.from("x"), 77, first),
      other.encrypt(header, Buffer.from("x"), 77, first),
    );
  }
});

test("V3.20 a header with a capture time reads back as one extension of eight bytes", () => {
  const captured = { id: 12, at: { seconds: 4_004_401_007, fraction: 99 } };
  const bytes = writeRtpHeader({
    payloadType: 108,
    marker: false,
    sequence: 9,
    timestamp: 5,
    ssrc: 77,
    captured,
  });
  const { header, payload } = RtpPacket.deSerialize(Buffer.concat([bytes, Buffer.from("body")]));
  assert.equal(payload.toString(), "body");
  assert.equal(header.extensions[0]?.id, 12);
  assert.equal(header.extensions[0]?.payload.readUInt32BE(0), 4_004_401_007);
  assert.equal(header.extensions[0]?.payload.readUInt32BE(4), 99);
});
