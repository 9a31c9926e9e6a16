import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { heavySdk, wrongArrows } from "./tidy/arrows.ts";
import { explainedInVain, lockGaps, looseVersions, unexplained } from "./tidy/dependencies.ts";
import { impure } from "./tidy/purity.ts";
import { deadFiles } from "./tidy/reach.ts";
import { emptyTests, lawlessTests, malformedRules, unprovenRules } from "./tidy/rules.ts";
import { barrels, defaultExports, longFiles, strangeNames, vagueNames } from "./tidy/shape.ts";
import { forbiddenCode, forbiddenText, forbiddenWords, registryHosts } from "./tidy/words.ts";
import { readTree, type Tree } from "./tree.ts";

type Check = (tree: Tree) => readonly string[];
type Files = Readonly<Record<string, string>>;

const here = readTree(join(import.meta.dirname, ".."));

/** A check counts only if it finds what is planted, and nothing in the same place once it is put right. */
function proves(check: Check, planted: Files, expected: readonly string[], right: Files): void {
  assert.deepEqual(check(new Map(Object.entries(planted))), expected);
  assert.deepEqual(check(new Map(Object.entries({ ...planted, ...right }))), []);
  assert.deepEqual(check(here), []);
}

test("T1.1 imports follow the arrows of ARCHITECTURE.md", () => {
  const planted = {
    "protocol/a.ts": 'import { b } from "@chorus/core/b.ts";\nimport ws from "ws";',
    "core/a.ts": 'import type { Stats } from "node:fs";\nexport { c } from "../protocol/c.ts";',
    "sdk/a.ts": 'import { step } from "@chorus/core/step.ts";',
    "server/a.ts": 'const sdk = await import("@chorus/sdk/client.ts");\nimport "../sim/main.ts";',
    "attic/a.ts": 'import "./b.ts";',
  };
  const expected = [
    "protocol/a.ts:1 imports @chorus/core/b.ts",
    "protocol/a.ts:2 imports ws",
    "core/a.ts:1 imports node:fs",
    "core/a.ts:2 imports ../protocol/c.ts instead of @chorus/protocol/c.ts",
    "sdk/a.ts:1 imports @chorus/core/step.ts",
    "server/a.ts:1 imports @chorus/sdk/client.ts",
    "server/a.ts:2 imports ../sim/main.ts",
    "attic/a.ts:1 imports ./b.ts, but attic/ has no rule in arrows.ts",
  ];
  proves(wrongArrows, planted, expected, {
    "protocol/a.ts": 'import Type from "typebox"; // import "ws"',
    "core/a.ts": 'import { c } from "@chorus/protocol/c.ts"; const s = `import "ws"`;',
    "sdk/a.ts": 'import type { Frame } from "@chorus/protocol/frames.ts";',
    "server/a.ts": "const folder = import.meta.dirname;",
    "server/cli/replay.ts": 'import { connect } from "@chorus/sdk/client.ts";',
    "attic/a.ts": "export const a = 1;",
    "sim/main.ts": 'import { a } from "@chorus/server/a.ts";',
    "core/a.test.ts": 'import { test } from "node:test"; import fc from "fast-check";',
  });
});

test("T1.2 what the SDK loads at run time leads neither to npm nor to Node", () => {
  const planted = {
    "sdk/client.ts": 'import { b } from "./b.ts";',
    "sdk/b.ts": 'import { type Frame } from "@chorus/protocol/frames.ts";',
    "protocol/frames.ts": 'import Type from "typebox";',
  };
  const expected = [
    "sdk/client.ts loads typebox through protocol/frames.ts",
    "sdk/b.ts loads typebox through protocol/frames.ts",
  ];
  proves(heavySdk, planted, expected, {
    "sdk/b.ts": 'import type { Frame } from "@chorus/protocol/frames.ts";',
  });
});

test("T2.1 the pure folders name no clock, no chance, no waiting and no world", () => {
  const planted = {
    "core/a.ts": "export async function f() {}\nconst now = Date.now();\nconst r = Math.random();",
    "protocol/a.ts": "const text = `${process.pid}`;",
    "sdk/machine.ts": 'import { pause } from "./pause.ts";',
    "sdk/pause.ts": "setTimeout(f, 1);",
    "sdk/transport.ts": "setTimeout(f, 1);",
  };
  const expected = [
    "core/a.ts:1 names async",
    "core/a.ts:2 names Date",
    "core/a.ts:3 names Math",
    "protocol/a.ts:1 names process",
    "sdk/pause.ts:1 names setTimeout",
  ];
  proves(impure, planted, expected, {
    "core/a.ts": "/* async */ const a = 'Date' + Math.max(1, 2); const b = a.process; // await",
    "protocol/a.ts": "const text = `process ${pid} \\${process}`; const r = /await `/;",
    "sdk/pause.ts": "const setting = 1;",
    "core/a.test.ts": "await Promise.resolve();",
  });
});

test("T3.1 no file of code has more than 400 lines", () => {
  const right = { "core/a.ts": "\n".repeat(400), "protocol/examples/a.js": "\n".repeat(500) };
  proves(longFiles, { "core/a.ts": "\n".repeat(401) }, ["core/a.ts has 401 lines"], right);
});

test("T3.2 names are kebab-case", () => {
  assert.deepEqual(
    strangeNames(
      new Map([
        ["core/slow-mode.ts", ""],
        ["README.md", ""],
      ]),
    ),
    [],
  );
  assert.deepEqual(strangeNames(new Map([["a/.b-c/d.e-f.test.ts", ""]])), []);
  const strange = ["core/slowMode.ts", "core/Slow.ts", "Core/slow.ts", "core/slow_mode.ts", "LICENSE/a.ts"];
  assert.deepEqual(strangeNames(new Map(strange.map((path) => [path, ""]))), strange);
  assert.deepEqual(strangeNames(here), []);
});

test("T3.3 no name says that its content has none", () => {
  const vague = ["core/utils.ts", "server/common/a.ts", "sdk/test-helpers.ts", "server/room-manager.ts"];
  assert.deepEqual(vagueNames(new Map(vague.map((path) => [path, ""]))), vague);
  assert.deepEqual(vagueNames(new Map([["core/commons.ts", ""]])), []);
  assert.deepEqual(vagueNames(here), []);
});

test("T3.4 no file only passes on what others export", () => {
  const planted = {
    "core/all.ts":
      '// All.\nexport * from "./a.ts";\nimport type { B } from "./b.ts";\nexport type { B } from "./b.ts";',
    "core/room/index.ts": "export const a = 1;",
  };
  const tree: Tree = new Map(Object.entries({ ...planted, "core/c.ts": 'export { a } from "./a.ts"; f();' }));
  assert.deepEqual(barrels(tree), ["core/all.ts", "core/room/index.ts"]);
  assert.deepEqual(barrels(here), []);
});

test("T3.5 exports have names", () => {
  const planted = { "core/a.ts": "export default 1;", "core/b.ts": "const b = 1;\nexport { b as default };" };
  const right = {
    "core/a.ts": "switch (a) { default: }",
    "core/b.ts": "",
    "a.config.ts": "export default 1;",
  };
  proves(defaultExports, planted, ["core/a.ts:1", "core/b.ts:2"], right);
});

test("T4.1 every file is needed by something that is started", () => {
  const planted = {
    "server/main.ts": 'import "./a.ts"; fork(new URL("./role.ts", import.meta.url)); // ./dead.ts',
    "server/a.ts": 'export type { B } from "@chorus/core/b.ts";',
    "core/b.ts": "",
    "server/role.ts": "",
    "server/dead.ts": "",
    "server/dead.test.ts": 'import "./dead.ts"; import "./log.contract.ts"; import "../test/weather.ts";',
    "server/log.contract.ts": 'import { a } from "./log.fixture.ts";',
    "server/log.fixture.ts": "",
    "test/weather.ts": "",
    "console/page.html": '<script type="module" src="/console/page.js"></script>',
    "console/page.ts": "",
  };
  proves(deadFiles, planted, ["server/dead.ts"], { "server/role.ts": 'import { dead } from "./dead.ts";' });
});

test("T5.1 every rule of SPEC.md is cited by a test", () => {
  const planted = { "SPEC.md": "- **R1.1** One.\n- **R1.2** Two.\n", "a.test.ts": 'test("R1.1 one", f);' };
  proves(unprovenRules, planted, ["no test cites R1.2"], { "b.contract.ts": "it(`R1.1, R1.2 ${name}`, f);" });
});

test("T5.2 every test cites rules of SPEC.md", () => {
  const planted = {
    "SPEC.md": "- **R1.1** One.\n",
    "a.test.ts": 'test("one", f);\ntest.only("R1.2 two", f);\nit(title, f);\n/a/.test("three");',
    "b.contract.ts": 'function law(title) { test(`${title} (b)`, f); }\nlaw("four", f);',
  };
  const expected = [
    "a.test.ts:1 cites no rule: one",
    "a.test.ts:2 cites R1.2, which is not in SPEC.md",
    "a.test.ts:3 cites no rule: (title …)",
    "b.contract.ts:2 cites no rule: four",
  ];
  proves(lawlessTests, planted, expected, {
    "a.test.ts": 'test("R1.1 one", f); t.test("a part", f);',
    "b.contract.ts": 'function law(title) { test(`${title} (b)`, f); }\nlaw("R1.1 four", f);',
  });
});

test("T5.3 the rules of SPEC.md have one form and unique ids", () => {
  assert.deepEqual(malformedRules(new Map()), ["SPEC.md is missing"]);
  const planted = { "SPEC.md": "- **R1.1** One.\n* **R1.2** Two.\n- **R1.1** Again.\n- **RX1** Four.\n" };
  const expected = [
    "SPEC.md has R1.1 twice",
    'SPEC.md:2 is not of the form "- **R3.1** text"',
    'SPEC.md:4 is not of the form "- **R3.1** text"',
  ];
  proves(malformedRules, planted, expected, {
    "SPEC.md": "# Rules\n\n- **R1.1** One is **bold**, see R1.2.\n",
  });
});

test("T5.4 every test file holds a test or runs a contract suite", () => {
  const planted = {
    "a.test.ts": "f();",
    "log.contract.ts": "",
    "b.test.ts": 'import { law } from "./log.contract.ts";',
  };
  proves(emptyTests, planted, ["a.test.ts"], { "a.test.ts": 'test("R1.1 a", f);' });
});

test("T6.1 texts leave nothing unfinished, silenced or bound to one machine", () => {
  for (const { example, pattern } of forbiddenText) {
    assert.match(example, pattern);
    assert.equal(forbiddenWords(new Map([["docs/a.md", `one\n${example}\n`]])).length, 1, example);
  }
  assert.deepEqual(
    forbiddenWords(new Map([["a.md", "the same as any other network/work/ and ~/work/ of hackers"]])),
    [],
  );
  assert.deepEqual(forbiddenWords(here), []);
});

test("T6.2 code leaves no type open and no test out", () => {
  for (const { example } of forbiddenCode) {
    assert.equal(forbiddenWords(new Map([["core/a.ts", `f();\n${example}\n`]])).length, 1, example);
    assert.deepEqual(
      forbiddenWords(new Map([["core/a.ts", `/* ${example} */ f(${JSON.stringify(example)});`]])),
      [],
    );
  }
});

test("T6.3 the lock names no registry", () => {
  const planted = { "package-lock.json": '{ "resolved": "https://registry.example/a.tgz" }' };
  const right = { "package-lock.json": '{ "resolved": "core", "link": true }' };
  proves(registryHosts, planted, ["package-lock.json names https://registry.example/a.tgz"], right);
});

test("T7.1 docs/dependencies.md explains what is used, and nothing else", () => {
  const planted = {
    "package.json": '{ "devDependencies": { "oxlint": "1.0.0", "@chorus/core": "0.1.0" } }',
    "docs/dependencies.md": "- **ws**: Because.\n- **oxlint**:\n",
  };
  const right = { "docs/dependencies.md": "- **oxlint**: Because.\n" };
  proves(unexplained, planted, ["docs/dependencies.md does not explain oxlint"], right);
  proves(explainedInVain, planted, ["docs/dependencies.md explains ws, which is not used"], right);
});

test("T7.2 versions are exact", () => {
  const planted = {
    "core/package.json": '{ "dependencies": { "a": "^1.0.0", "b": "1.0.0-rc.1", "c": "latest" } }',
  };
  const expected = ["core/package.json asks for a ^1.0.0", "core/package.json asks for c latest"];
  proves(looseVersions, planted, expected, { "core/package.json": '{ "dependencies": { "a": "1.0.0" } }' });
});

test("T7.3 the lock holds the packages of every platform", () => {
  const needs = {
    "": { devDependencies: { a: "1.0.0" } },
    "node_modules/a": { optionalDependencies: { "@b/linux": "1.0.0" } },
  };
  const whole = { ...needs, "node_modules/a/node_modules/@b/linux": {} };
  const planted = { "package-lock.json": JSON.stringify({ packages: needs }) };
  const right = { "package-lock.json": JSON.stringify({ packages: whole }) };
  proves(lockGaps, planted, ["package-lock.json lacks @b/linux"], right);
});
