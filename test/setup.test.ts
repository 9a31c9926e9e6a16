import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { aFreshMachine, type Machine, stand } from "./fresh-machine.ts";

const equipped = { npm: stand.npm("9.2.0"), node: stand.node };
const root = "echo 0";
const aptBrings = (tool: string, script: string): string => `
  echo "apt-get $*" >> "$LOG"
  case "$*" in install*) printf '#!/bin/sh\\n%s\\n' '${script}' > "$TOOLS/${tool}"; chmod +x "$TOOLS/${tool}" ;; esac`;

function machine(t: TestContext, tools: Readonly<Record<string, string>>): Machine {
  const made = aFreshMachine(tools);
  t.after(made.remove);
  return made;
}

test("T8.1 packages are fetched once for each package-lock.json", (t) => {
  const { run, log, write } = machine(t, equipped);
  run("bin/start");
  run("bin/chorus doctor");
  assert.equal(log().match(/npm ci/g)?.length, 1);
  write("package-lock.json", '{ "changed": true }');
  run("bin/start");
  assert.equal(log().match(/npm ci/g)?.length, 2);
});

test("T8.2 arguments, standard output and exit status are the server's", (t) => {
  const { run } = machine(t, equipped);
  const first = run("bin/start --help --port 1");
  assert.deepEqual(
    [first.status, first.stdout],
    [7, "--disable-warning=ExperimentalWarning ./server/main.ts start --help --port 1\n"],
  );
  assert.deepEqual(run("bin/chorus token --json"), {
    status: 7,
    stdout: "--disable-warning=ExperimentalWarning ./server/main.ts token --json\n",
    stderr: "",
  });
});

test("T8.3 what is missing and cannot be installed is one sentence", (t) => {
  const bare = machine(t, {}).run("bin/start");
  assert.equal(bare.status, 1);
  assert.match(bare.stderr, /^Chorus needs npm 7 or newer[^\n]*: install nodejs and npm\.\n$/);
  const old = machine(t, { npm: stand.npm("6.14.8"), node: stand.node }).run("bin/start");
  assert.equal(old.status, 1);
  assert.match(old.stderr, /^Chorus needs npm 7 or newer[^\n]* this is npm 6\.14\.8\.\n$/);
  const denied = machine(t, { "apt-get": "exit 0", id: "echo 1000", sudo: "exit 1" }).run("bin/start");
  assert.equal(denied.stderr, bare.stderr);
});

test("T8.4 bin/start installs system packages where it may, bin/chorus never does", (t) => {
  const { run, log } = machine(t, {
    id: root,
    node: stand.node,
    "apt-get": aptBrings("npm", stand.npm("9.2.0")),
  });
  assert.equal(run("bin/chorus doctor").status, 1);
  assert.equal(log(), "");
  assert.equal(run("bin/start").status, 7);
  assert.match(log(), /apt-get update -q\napt-get install -y [^\n]* npm\nnpm ci/);
});

test("T8.5 without a home to write to, npm gets a cache that is gone afterwards", (t) => {
  const { run, log, write } = machine(t, equipped);
  run("bin/start", { HOME: "" });
  const cache = /cache=(.+)\n/.exec(log())?.[1] ?? "";
  assert.notEqual(cache, "");
  assert.equal(existsSync(cache), false);
  write("package-lock.json", "");
  run("bin/start");
  assert.match(log(), /cache=\n$/);
});

test("T8.6 a set-up that failed is done again, whole", (t) => {
  const { run, has, log } = machine(t, { ...equipped, npm: `${stand.npm("9.2.0")}; exit 1` });
  const failed = run("bin/start");
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /npm could not fetch the packages/);
  has("npm", stand.npm("9.2.0"));
  assert.equal(run("bin/start").status, 7);
  assert.equal(log().match(/npm ci/g)?.length, 2);
});

test("T8.7 a pinned Node that cannot start gets the library it is linked to, or a sentence", (t) => {
  const broken = {
    ...equipped,
    pinned: '[ -e "$TOOLS/libatomic" ] || { echo no libatomic >&2; exit 127; }; exit 7',
  };
  const stuck = machine(t, { ...broken, id: "echo 1000" }).run("bin/start");
  assert.equal(stuck.status, 1);
  assert.match(stuck.stderr, /\(no libatomic\); on Debian and Ubuntu it needs the package libatomic1\.\n$/);
  const pinned = '[ -e "$TOOLS/libatomic" ] || exit 127; [ "$1" = --version ] || exit 7';
  const mended = machine(t, { ...broken, pinned, id: root, "apt-get": aptBrings("libatomic", "true") });
  assert.equal(mended.run("bin/start").status, 7);
  assert.match(mended.log(), /apt-get install -y [^\n]* libatomic1\n/);
});

const builder = `case "$*" in *elements/build.ts)
  echo build >> "$LOG"; [ ! -e "$TOOLS/broken" ] || { echo "chat.ts: ERROR"; exit 1; }
  echo > "\${1%/*}/dist/built"; echo built; exit ;; esac
  ${stand.pinned}`;

test("T8.8 the chat for browsers is built when a source of it is newer, and standard output stays the server's", (t) => {
  const { run, log, write } = machine(t, { ...equipped, pinned: builder });
  run("bin/start");
  assert.doesNotMatch(log(), /build/);
  for (const [path, times] of [
    ["sdk/client.ts", 1],
    ["sdk/client.test.ts", 1],
    ["protocol/limits.ts", 2],
    ["elements/chat.ts", 3],
  ] as const) {
    write(path, "");
    const { stdout, status } = run("bin/start");
    assert.deepEqual([status, stdout.match(/\n/g)?.length], [7, 1]);
    run("bin/chorus start");
    run("bin/chorus token");
    assert.equal(log().match(/build/g)?.length, times, path);
  }
});

test("T8.8 commands that serve nothing do not wait for the chat", (t) => {
  const { run, log, write } = machine(t, { ...equipped, pinned: builder });
  write("elements/chat.ts", "");
  assert.equal(run("bin/chorus doctor").status, 7);
  assert.doesNotMatch(log(), /build/);
});

test("T8.9 a chat that cannot be built is one sentence after the reason, and is tried again", (t) => {
  const { run, has, log, write } = machine(t, { ...equipped, pinned: builder });
  run("bin/start");
  has("broken", "");
  write("elements/chat.ts", "");
  const failed = run("bin/start");
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /chat\.ts: ERROR\nThe chat for browsers could not be built;[^\n]*\n$/);
  run("bin/start");
  assert.equal(log().match(/build/g)?.length, 2);
});
