import assert from "node:assert/strict";
import { test } from "node:test";
import type { Claims } from "@chorus/protocol/claims.ts";
import { personId, roomId, time } from "@chorus/protocol/ids.ts";
import { personOf, rightsIn } from "./person.ts";

const now = time(1_700_000_000_000);

function claimsOf(rooms: Claims["chorus"]["rooms"], others: Partial<Claims> = {}): Claims {
  return { sub: personId("u-17"), exp: 1_700_000_600, ...others, chorus: { rooms } };
}

test("C2.8 a person has the rights of the room's own line, else of *, else none", () => {
  const ada = personOf(claimsOf({ demo: { role: "host" }, "*": { role: "viewer" } }), now);
  assert.equal(rightsIn(ada, roomId("demo"))?.role, "host");
  assert.equal(rightsIn(ada, roomId("other"))?.role, "viewer");
  const bob = personOf(claimsOf({ demo: { role: "viewer" } }), now);
  assert.equal(rightsIn(bob, roomId("other")), null);
  assert.equal(rightsIn(bob, roomId("constructor")), null);
});

test("C2.9 grants named by a token replace those of its role", () => {
  const ada = personOf(
    claimsOf({ demo: { role: "viewer", grants: ["read"] }, "*": { role: "moderator" } }),
    now,
  );
  assert.deepEqual(rightsIn(ada, roomId("demo")), { role: "viewer", grants: ["read"] });
  assert.deepEqual(rightsIn(ada, roomId("x")), {
    role: "moderator",
    grants: ["read", "say", "react", "moderate"],
  });
});

test("C2.10 a person is known by a cleaned name, a viewer unless the token says otherwise, and no guest", () => {
  const ada = personOf(claimsOf({}, { name: " A\u202eda " }), now);
  assert.deepEqual([ada.name, ada.kind, ada.guest, ada.expires], ["Ada", "viewer", false, 1_700_000_600_000]);
  assert.equal(personOf(claimsOf({}, { name: "\u200b" }), now).name, null);
});

test("C2.11 a token is never issued later than now, and at 0 when it does not say when", () => {
  assert.equal(personOf(claimsOf({}), now).issued, 0);
  assert.equal(personOf(claimsOf({}, { iat: 1_699_999_999.5 }), now).issued, 1_699_999_999_500);
  assert.equal(personOf(claimsOf({}, { iat: 1_800_000_000 }), now).issued, now);
  assert.equal(personOf(claimsOf({}, { exp: 1e300 }), now).expires, Number.MAX_SAFE_INTEGER);
});
