import assert from "node:assert/strict";
import { test } from "node:test";
import { PersonIdSchema, roomId, time } from "@chorus/protocol/ids.ts";
import { Check } from "typebox/value";
import { createGuests, guestTokenLifeMs } from "./guests.ts";
import { rightsIn } from "./person.ts";
import { createResumeTokens } from "./resume-token.ts";

const now = time(1_700_000_000_000);
const secret = Buffer.alloc(32, 7);
const guests = createGuests(secret);

test("C3.1 a guest is a new person with the rights of a guest in every room", () => {
  const { person } = guests.mint(undefined, now);
  assert.match(person.id, /^guest-[\w-]{16}$/);
  assert.ok(Check(PersonIdSchema, person.id));
  assert.equal(person.guest, true);
  assert.deepEqual(rightsIn(person, roomId("demo")), { role: "guest", grants: ["read", "say", "react"] });
  assert.notEqual(guests.mint(undefined, now).person.id, person.id);
});

test("C3.2 a guest's wish for a name is cleaned; without a usable one the name is left to the room", () => {
  assert.equal(guests.mint(" A\u202eda ", now).person.name, "Ada");
  assert.equal(guests.mint("\u200b", now).person.name, null);
  assert.equal(guests.mint(undefined, now).person.name, null);
});

test("C3.3 a guest's token makes them the same guest for thirty days", () => {
  const { person, token } = guests.mint("Ada", now);
  assert.deepEqual(guests.verify(token, time(now + guestTokenLifeMs - 1)), person);
  assert.equal(guests.verify(token, time(now + guestTokenLifeMs)), null);
  assert.equal(createGuests(Buffer.alloc(32, 8)).verify(token, now), null);
});

test("C3.4 a returning guest keeps the id, and the name unless they wish for another", () => {
  const { person } = guests.mint("Ada", now);
  const nextDay = time(now + 86_400_000);
  const same = guests.renew(person, undefined, nextDay);
  assert.deepEqual([same.person.id, same.person.name], [person.id, "Ada"]);
  assert.deepEqual(guests.verify(same.token, time(now + guestTokenLifeMs + 1)), same.person);
  assert.equal(guests.renew(person, "Grace", nextDay).person.name, "Grace");
});

test("C3.5 a guest's token is no resume token, nor the other way round", () => {
  const resumes = createResumeTokens(secret);
  const { person, token } = guests.mint("Ada", now);
  const resume = resumes.issue(person, now);
  assert.equal(resumes.verify(token, now), null);
  assert.equal(guests.verify(resume, now), null);
  assert.equal(resumes.verify(`r1${token.slice(2)}`, now), null);
  assert.equal(guests.verify(`g1${resume.slice(2)}`, now), null);
});
