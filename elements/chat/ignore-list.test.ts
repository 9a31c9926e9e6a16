import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import { createIgnoreList, ignoredMax } from "./ignore-list.ts";
import { aStorage } from "./storage.fixture.ts";

const ada = personId("ada");
const bob = personId("bob");
const server = () => "https://live.example";

test("W12.5 who is ignored stays so over reloads and for other tabs, on this server alone", () => {
  const storage = aStorage();
  const here = createIgnoreList(storage, server);
  const other = createIgnoreList(storage, server);
  assert.equal(other.all().size, 0);
  here.set(ada, true);
  assert.equal(here.all(), here.all());
  other.set(bob, true);
  assert.deepEqual([...other.all()], [ada, bob]);
  assert.deepEqual([...createIgnoreList(storage, server).all()], [ada, bob]);
  assert.equal(createIgnoreList(storage, () => "https://other.example").all().size, 0);
  other.set(ada, false);
  other.set(bob, false);
  assert.equal(storage.items.size, 0);
});

test("W12.5 a storage that is absent, full or forbidden costs the reload and nothing else", () => {
  for (const storage of [null, aStorage(false)]) {
    const list = createIgnoreList(storage, server);
    list.set(ada, true);
    list.set(bob, true);
    assert.deepEqual([...list.all()], [ada, bob]);
    list.set(ada, false);
    assert.deepEqual([...list.all()], [bob]);
  }
});

test("W12.5 the list is bounded, the longest ignored go first; what else is stored there is as nothing", () => {
  const storage = aStorage();
  const list = createIgnoreList(storage, server);
  for (let nth = 0; nth <= ignoredMax; nth++) list.set(personId(`p${nth}`), true);
  assert.equal(list.all().size, ignoredMax);
  assert.ok(!list.all().has(personId("p0")));
  const [key = ""] = storage.items.keys();
  for (const value of ["{", '{"a":1}', '[1,"two words",null,""]']) {
    storage.items.set(key, value);
    assert.equal(createIgnoreList(storage, server).all().size, 0);
  }
});
