import assert from "node:assert/strict";
import { test } from "node:test";
import { entryId, personId, type PersonId } from "@chorus/protocol/ids.ts";
import type { Shown } from "@chorus/sdk/client.ts";
import { createPeople } from "./people.ts";
import { steppedTo } from "./row-menu.ts";
import { aMessage } from "./shown.fixture.ts";
import { saidBy } from "./user-card.ts";

const ada = personId("ada");
const bob = personId("bob");

function said(id: string, by: PersonId | null, changes: Partial<Shown> = {}): Shown {
  return aMessage({ id: entryId(id), by, ...changes });
}

test("W12.8 the card shows what its person said and is still here, newest first, what is removed too", () => {
  const people = createPeople();
  const tombstone = said("message-2", null, { removed: { by: "staff", why: "spam" } });
  people.heard(said("message-2", bob));
  people.heard(said("message-0", bob));
  const messages = [
    said("message-1", bob),
    tombstone,
    said("message-3", ada),
    said("message-4", bob),
    said("message-5", bob, { id: null, status: "pending" }),
  ];
  assert.deepEqual(
    saidBy({ people, room: { messages } }, bob).map(({ id }) => id),
    ["message-4", "message-2", "message-1"],
  );
  assert.deepEqual(saidBy({ people, room: { messages } }, personId("eve")), []);
});

test("W12.9 in a menu the arrows go up and down and round its ends, letters to what begins with them", () => {
  const labels = ["Copy", "Pin", "Ban", "Pause"];
  assert.equal(steppedTo("ArrowDown", 3, labels), 0);
  assert.equal(steppedTo("ArrowUp", 0, labels), 3);
  assert.equal(steppedTo("Home", 2, labels), 0);
  assert.equal(steppedTo("End", 0, labels), 3);
  assert.equal(steppedTo("p", 1, labels), 3);
  assert.equal(steppedTo("P", 3, labels), 1);
  for (const key of ["x", " ", "Enter", "Escape", "ArrowLeft", "Tab"])
    assert.equal(steppedTo(key, 0, labels), null, key);
});
