import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { stagesOf } from "./run/stages.ts";

const green = 'import { test } from "node:test"; test("one", () => {}); test("two", () => {});';
const sound = {
  "package.json":
    '{ "type": "module", "scripts": { "types": "true && true", "lint": "true", "format:check": "true", "sizes": "true" } }',
  "test/tidy.test.ts": green,
  "core/room.test.ts": green,
};
type Files = Readonly<Record<string, string>>;
type Proof = {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly left: readonly string[];
};

function prove(t: TestContext, files: Files): Proof {
  const place = mkdtempSync(join(tmpdir(), "proof-"));
  t.after(() => rmSync(place, { recursive: true }));
  const root = join(place, "tree");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const temporary = join(place, "tmp");
  mkdirSync(temporary);
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "run.ts"), "--quick", "--root", root],
    {
      env: { ...process.env, TMPDIR: temporary },
      encoding: "utf8",
    },
  );
  return { status, lines: stdout.trimEnd().split("\n"), left: readdirSync(temporary) };
}

test("T9.1 a proof ends with its sum alone on a line, and leaves nothing behind", (t) => {
  const proof = prove(t, sound);
  assert.deepEqual([proof.status, proof.lines.at(-1), proof.left], [0, "4 passed, 0 failed", []]);
  assert.deepEqual(
    proof.lines.slice(0, 6).map((line) => line.split(" ")[0]),
    ["tidy", "types", "lint", "format", "sizes", "unit"],
  );
});

test("T9.2 the first red stage ends the proof with all it said", (t) => {
  const failing = `${green} test("three", () => { throw new Error("that is why"); });`;
  const tests = prove(t, { ...sound, "core/room.test.ts": failing });
  assert.deepEqual([tests.status, tests.lines.at(-1), tests.left], [1, "4 passed, 1 failed", []]);
  assert.match(tests.lines.join("\n"), /that is why/);
  const types = prove(t, {
    ...sound,
    "package.json": sound["package.json"].replace("&& true", "&& cat missing.ts"),
  });
  assert.deepEqual([types.status, types.lines.at(-1)], [1, "2 passed, 1 failed"]);
  assert.match(types.lines.join("\n"), /cat: missing\.ts/);
  assert.doesNotMatch(types.lines.join("\n"), /^lint/m);
});

test("T9.3 a test that was skipped, or that never came, has failed", (t) => {
  const skipping = `${green} test("three", { skip: true }, () => {});`;
  assert.equal(prove(t, { ...sound, "core/room.test.ts": skipping }).lines.at(-1), "4 passed, 1 failed");
  const breaking = `process.exit(0); ${green}`;
  assert.equal(prove(t, { ...sound, "core/room.test.ts": breaking }).status, 1);
});

test("T9.4 a stage without files is red", (t) => {
  const { "core/room.test.ts": _, ...rest } = sound;
  const proof = prove(t, rest);
  assert.deepEqual([proof.status, proof.lines.at(-1)], [1, "2 passed, 1 failed"]);
  assert.match(proof.lines.join("\n"), /^unit .* no files {2}FAILED$/m);
});

test("T9.5 every test file belongs to one stage, and the simulation runs fixed and fresh seeds", () => {
  const files = [
    "test/tidy.test.ts",
    "core/a.test.ts",
    "console/b.browser.test.ts",
    "server/c.fault.test.ts",
    "sim/main.ts",
  ];
  const stages = stagesOf({ files, scripts: {}, seed: 4_711, quick: false, temporary: "" });
  const argued = stages.flatMap(({ commands }) => commands.flatMap(({ argv }) => argv));
  for (const file of files)
    assert.equal(argued.filter((one) => one === file).length, file === "sim/main.ts" ? 2 : 1, file);
  assert.ok(argued.includes("4711") && argued.includes("1"));
});
