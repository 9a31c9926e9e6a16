import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { type Arguments, asksForHelp, commonFlags, readArguments, type Usage } from "./arguments.ts";
import { commandNamed, commands } from "./commands.ts";
import { usageText } from "./usage-text.ts";

const flags = {
  room: { kind: "value", hint: "R", about: "A room." },
  speed: { kind: "value", hint: "N", about: "How fast.", otherwise: "1" },
  tag: { kind: "list", hint: "T", about: "Tags." },
  loud: { kind: "switch", about: "Loudly." },
  ...commonFlags,
} as const;
const usage: Usage<typeof flags> = {
  name: "sing",
  about: [
    "Sings a song in a room, as often and as loudly as it is told to, until somebody who is there asks it to stop.",
  ],
  operand: { name: "SONG", about: "What is sung." },
  flags,
  examples: ["chorus sing hymn --room demo"],
};

function read(...args: string[]): Arguments<typeof flags> {
  return readArguments(usage, args);
}

/** What somebody is told who wrote this. */
function told(...args: string[]): readonly string[] {
  const given = read(...args);
  if (given.problems.length > 0) return given.problems;
  given.operand();
  given.required("room");
  given.positive("speed", 100);
  return given.problems;
}

test("X9.1 every mistake is told in one sentence that names what to do", () => {
  assert.deepEqual(told("hymn", "--room", "demo", "--speed", "0.5"), []);
  assert.deepEqual(told("--speed", "fast"), [
    "SONG is missing: `chorus sing --help` shows how it is used.",
    "--room is missing: `chorus sing --help` shows how it is used.",
    '--speed must be a number above 0 and up to 100, not "fast".',
  ]);
  assert.deepEqual(told("hymn", "psalm", "--room=demo", "--room=other", "--volume", "--loud=yes"), [
    "--room is given twice.",
    "There is no flag --volume: `chorus sing --help` lists the flags.",
    "--loud takes no value.",
    '"psalm" is one word too many: `chorus sing --help` shows how it is used.',
  ]);
  for (const speed of ["0", "-1", "1e9", "101", "NaN", "0x1"])
    assert.equal(told("hymn", "--room=a", `--speed=${speed}`).length, 1, speed);
});

test("X9.1 a flag without its value is the only mistake told, since it may have swallowed the next one", () => {
  const sentence = "--room needs a value: `chorus sing --help` lists the flags.";
  assert.deepEqual(told("--room", "--speed", "5"), [sentence]);
  assert.deepEqual(told("hymn", "--room"), [sentence]);
  assert.deepEqual(told("hymn", "--room="), [sentence]);
});

test("X9.2 values, lists, switches and defaults are read as the usage declares them", () => {
  const given = read("hymn", "--room", "demo", "--tag", "a", "--tag=b", "--loud");
  assert.deepEqual([given.operand(), given.text("room"), given.positive("speed", 9)], ["hymn", "demo", 1]);
  assert.deepEqual(
    [given.list("tag"), given.switch("loud"), given.switch("json")],
    [["a", "b"], true, false],
  );
  assert.equal(given.oneOf("room", ["demo", "other"]), "demo");
  assert.equal(given.oneOf("room", ["other"]), null);
  assert.deepEqual(given.problems, ['--room must be one of other, not "demo".']);
});

test("X9.3 help names the operand, every flag with its default, and an example", () => {
  const text = usageText(usage);
  assert.match(text, /^Usage: chorus sing SONG \[FLAGS\]$/m);
  assert.match(text, /^ {2}SONG {7}What is sung\.$/m);
  assert.match(text, /^ {2}--speed N {2}How fast\. Default: 1\.$/m);
  assert.match(text, /^ {2}--tag T {4}Tags\. May be given several times\.$/m);
  assert.match(text, /^ {2}chorus sing hymn --room demo$/m);
  assert.ok(text.split("\n").every((line) => line.length <= 96));
  assert.ok(asksForHelp(["hymn", "-h"]) && asksForHelp(["--nonsense", "--help"]) && !asksForHelp(["help"]));
});

test("X9.4 only what is listed is a command", () => {
  for (const name of ["start", "room", "token", "replay", "load", "doctor", "backup", "restore", "help"]) {
    assert.equal(commandNamed(name), commands[name], name);
  }
  for (const name of ["toString", "__proto__", "", "Start"]) assert.equal(commandNamed(name), null, name);
  assert.equal(commandNamed("--help"), commands["help"]);
});

test("X9.8 results and failures go to standard output as one line of JSON; wrong words end with 2 and a sentence", () => {
  const main = join(import.meta.dirname, "../main.ts");
  const env = { ...process.env, CHORUS_SIGNING_KEY: "" };
  const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env });
  const minted = run("token", "--dev", "--sub", "ada", "--room", "demo", "--json");
  assert.deepEqual([minted.status, minted.stdout.split("\n").length], [0, 2]);
  assert.equal(JSON.parse(minted.stdout).claims.sub, "ada");
  const wrong = run("token", "--sub", "ada", "--room", "demo", "--json");
  assert.match(wrong.stderr, /^There is no key to sign with: .*\.\n$/);
  assert.deepEqual([wrong.status, JSON.parse(wrong.stdout)], [2, { failure: wrong.stderr.trim() }]);
  const plain = run("token", "--sub", "ada", "--room", "demo");
  assert.deepEqual([plain.status, plain.stdout, plain.stderr], [2, "", wrong.stderr]);
  for (const command of ["token", "replay", "load", "doctor", "backup", "restore", "room"]) {
    const { status, stdout, stderr } = run(command, "--nonsense", "--json");
    assert.deepEqual([status, JSON.parse(stdout)], [2, { failure: stderr.trim() }], command);
  }
});
