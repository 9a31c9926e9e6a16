import assert from "node:assert/strict";
import { test } from "node:test";
import { personId, roomId, time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { grants } from "@chorus/protocol/people.ts";
import type { Person } from "./person.ts";
import { createResumeTokens, resumeTokenLifeMs } from "./resume-token.ts";

const now = time(1_700_000_000_000);
const tokens = createResumeTokens(Buffer.alloc(32, 1));
const ada: Person = {
  id: personId("u-17"),
  name: "Ada 👩‍💻",
  kind: "bot",
  issued: time(now - 1_000),
  expires: time(now + 3_600_000),
  guest: false,
  rooms: {
    demo: { role: "moderator" },
    [roomId("constructor")]: { role: "viewer", grants: [] },
    "*": { role: "viewer", grants: ["read"] },
  },
};
const later = (ms: number) => time(now + ms);

test("C2.20 a resume token gives back everything of the person", () => {
  assert.deepEqual(tokens.verify(tokens.issue(ada, now), now), ada);
  const guest: Person = { ...ada, name: null, kind: "viewer", guest: true };
  assert.deepEqual(tokens.verify(tokens.issue(guest, now), now), guest);
});

test("C2.21 a resume token lives ten minutes, and never longer than the token that it stands for", () => {
  const token = tokens.issue(ada, now);
  assert.notEqual(tokens.verify(token, later(resumeTokenLifeMs - 1)), null);
  assert.equal(tokens.verify(token, later(resumeTokenLifeMs)), null);
  const short = tokens.issue({ ...ada, expires: later(5_000) }, now);
  assert.notEqual(tokens.verify(short, later(4_999)), null);
  assert.equal(tokens.verify(short, later(5_000)), null);
});

test("C2.22 a resume token that was changed, cut, or signed elsewhere is none", () => {
  const token = tokens.issue(ada, now);
  for (let at = 0; at < token.length - 1; at++) {
    const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
    assert.equal(tokens.verify(changed, now), null, `changed at ${at}`);
    assert.equal(tokens.verify(token.slice(0, at), now), null, `cut at ${at}`);
  }
  assert.equal(createResumeTokens(Buffer.alloc(32, 2)).verify(token, now), null);
  for (const junk of ["", ".", "r1.", "r1..", "r1.e30.", "r1", "é.é.é", "r1.".repeat(5_000)]) {
    assert.equal(tokens.verify(junk, now), null, junk.slice(0, 20));
  }
});

test("C2.23 the largest token's holder gets a resume token within the same limit", () => {
  const rooms: Record<string, Person["rooms"][string]> = {};
  const claims = () => JSON.stringify({ sub: ada.id, exp: 1_700_000_600, chorus: { rooms } });
  const bytesOfJwt = () => '{"alg":"HS256"}'.length * (4 / 3) + claims().length * (4 / 3) + 45;
  for (let no = 0; no < limits.roomsPerTokenMax && bytesOfJwt() < limits.tokenBytesMax - 200; no++) {
    rooms[`${no}-`.padEnd(64, "x")] = { role: "participant", grants: [...grants] };
  }
  assert.ok(bytesOfJwt() > limits.tokenBytesMax * 0.95);
  const token = tokens.issue({ ...ada, name: "👩".repeat(limits.nameCharsMax), rooms }, now);
  assert.ok(token.length <= limits.tokenBytesMax, `${token.length}`);
});
