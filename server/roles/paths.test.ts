import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { prepareData } from "./paths.ts";

function aPlace(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), "chorus-paths-"));
  t.after(() => rmSync(place, { recursive: true }));
  return place;
}

test("O9.31 a data directory that is made is for its owner alone", (t) => {
  const dataDir = join(aPlace(t), "new", "data");
  assert.equal(prepareData({ dataDir }), null);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
});

test("O9.32 a data directory that is a file, or lies in one, is told as such and left alone", (t) => {
  const file = join(aPlace(t), "file");
  writeFileSync(file, "");
  const sentence = `${file} is a file, not a directory: choose another with --data.`;
  assert.equal(prepareData({ dataDir: file }), sentence);
  assert.equal(prepareData({ dataDir: join(file, "a", "b") }), sentence);
  assert.ok(existsSync(file));
});
