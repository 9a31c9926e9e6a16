import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import { aStack, demo, type Stack } from "../api/api-stack.fixture.ts";
import { startPrivateApi } from "../api/private-api.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import { readArguments } from "./arguments.ts";
import { changeFlags, readChange } from "./room-change.ts";
import { changeRoom } from "./room.ts";

async function aPrivatePort({
  bus,
  clock,
  log,
  mintId,
  keeper,
}: Stack): Promise<AsyncDisposable & { port: number }> {
  const metrics = createMetrics("keeper");
  const api = await startPrivateApi({ port: 0, bus, clock, log, metrics, mintId, loaded: keeper.rooms });
  return {
    port: api.port,
    async [Symbol.asyncDispose]() {
      metrics.stop();
      await api.close();
    },
  };
}

test("X9.60 a room is made, and changed in what is named alone, through the private port", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const made = await changeRoom({ port: api.port, room: demo, change: { title: "Finale", guests: true } });
  assert.ok("result" in made && made.status === 0);
  assert.equal(made.result["created"], true);
  assert.deepEqual(made.summary, [
    'The room demo is made: "Finale", live, open, slow mode 0 s, guests may come in.',
  ]);
  const changed = await changeRoom({
    port: api.port,
    room: demo,
    change: { mode: "moderated", slowMs: 5_000 },
  });
  assert.ok("summary" in changed);
  assert.deepEqual(changed.summary, [
    'The room demo is now: "Finale", live, moderated, slow mode 5 s, guests may come in.',
  ]);
  const seen = await changeRoom({ port: api.port, room: demo, change: {} });
  assert.ok("summary" in seen);
  assert.deepEqual(seen.summary, changed.summary);
});

test("X9.61 a port where no Chorus answers, the public port, and a room that refuses are told with what to do", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const other = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  assert.deepEqual(await changeRoom({ port, room: demo, change: {} }), {
    failure: `What answers at port ${port} is not the private port of a Chorus: give it with --private-port.`,
  });
  other.close();
  other.closeAllConnections();
  assert.deepEqual(await changeRoom({ port, room: demo, change: {} }), {
    failure: `No Chorus answers at port ${port} of this machine: start one, or give its private port with --private-port.`,
  });
  assert.deepEqual(await changeRoom({ port: stack.port, room: demo, change: {} }), {
    failure: `${stack.port} is the public port of a Chorus: give the private one with --private-port, which is the next unless \`start\` was told otherwise.`,
  });
  await changeRoom({ port: api.port, room: demo, change: { state: "archived" } });
  const refused = await changeRoom({ port: api.port, room: demo, change: { title: "More" } });
  assert.match("failure" in refused ? refused.failure : "", /^The room demo was not changed: \S.*\.$/);
});

test("X9.62 settings that no room can have are told before anything is asked", () => {
  const main = join(import.meta.dirname, "../main.ts");
  const words = ["--title", "x".repeat(121), "--guests", "--no-guests", "--mode", "quiet", "--slow", "3601"];
  const { status, stderr } = spawnSync(process.execPath, [main, "room", "Demo", ...words], {
    encoding: "utf8",
  });
  assert.equal(status, 2);
  assert.deepEqual(stderr.trim().split("\n"), [
    'NAME must be lower-case letters, digits, . _ or -, 64 at most, not "Demo".',
    "--title may have 120 characters at most, not 121.",
    "--guests and --no-guests contradict each other: give one of them.",
    '--mode must be one of open, moderated, read-only, not "quiet".',
    '--slow must be a whole number from 0 to 3600, not "3601".',
  ]);
});

test("X9.60 what few rooms change is shown where it is not as in every new room", async () => {
  await using stack = await aStack();
  await using api = await aPrivatePort(stack);
  const changed = await changeRoom({
    port: api.port,
    room: demo,
    change: {
      removed: "gone",
      timeouts: [600, 60],
      emotes: [{ name: "wave", url: "https://cdn.example/wave.webp" }],
      framedBy: ["https://blog.example"],
      slowUnderLoad: false,
      viewersExpected: 50_000,
      alignChat: false,
    },
  });
  assert.deepEqual("summary" in changed && changed.summary, [
    "The room demo is made: live, open, slow mode 0 s, no guests, never slowed down under load, prepared for 50000 viewers, chat does not wait for the picture, removed messages are gone, timeouts of 60, 600 s, emotes :wave:, framed by https://blog.example.",
  ]);
});

/** The change that these words ask for, or what is wrong with them. */
function read(...words: string[]): RoomSettingsPatch | readonly string[] {
  const usage = { name: "room", about: [], operand: null, flags: changeFlags, examples: [] };
  const given = readArguments(usage, words);
  const change = readChange(given);
  return given.problems.length === 0 ? change : given.problems;
}

test("X9.60 X9.62 pictures, timeouts and framers are read from flags, and told where no room can have them", () => {
  const wave = "wave=https://cdn.example/wave.webp?a=b";
  assert.deepEqual(read("--emote", wave, "--emote", "hi=https://cdn.example/hi.png", "--removed", "gone"), {
    removed: "gone",
    emotes: [
      { name: "wave", url: "https://cdn.example/wave.webp?a=b" },
      { name: "hi", url: "https://cdn.example/hi.png" },
    ],
  });
  assert.deepEqual(read("--timeouts", "60,600,60", "--framed-by", "https://a.example", "--framed-by", "*"), {
    timeouts: [60, 600],
    framedBy: ["https://a.example", "*"],
  });
  assert.deepEqual(read("--emote", "none", "--framed-by", "none"), { emotes: [], framedBy: [] });
  assert.deepEqual(read("--slow-under-load", "no", "--expect", "50000"), {
    slowUnderLoad: false,
    viewersExpected: 50_000,
  });
  assert.deepEqual(read("--align-chat", "no"), { alignChat: false });
  assert.deepEqual(read("--slow-under-load", "maybe"), [
    '--slow-under-load must be one of yes, no, not "maybe".',
  ]);
  assert.deepEqual(read(), {});
  assert.deepEqual(read("--removed", "hidden", "--timeouts", "60,,5"), [
    '--removed must be one of tombstone, gone, not "hidden".',
    '--timeouts must be 1 to 6 numbers of seconds from 1 to 31622400, separated by commas, not "60,,5".',
  ]);
  for (const timeouts of ["0", "1,2,3,4,5,6,7", "31622401", "1.5", "a minute"])
    assert.match(String(read("--timeouts", timeouts)), /^--timeouts must be/, timeouts);
  assert.deepEqual(read("--emote", "wave", "--emote", "w=http://cdn.example/w.webp"), [
    '--emote must be a name and an address, as wave=https://cdn.example/wave.webp, not "wave".',
    'The NAME of --emote must be the name of an emote: 2 to 32 letters of A to Z, digits or _, without colons, not "w".',
    'The URL of --emote must be the address of a picture, as https://cdn.example/wave.webp: 300 characters at most, a host of at most 100, no blanks, quotes, brackets or #, not "http://cdn.example/w.webp".',
  ]);
  assert.deepEqual(read("--framed-by", "blog.example"), [
    '--framed-by must be an origin without a path, as https://blog.example or http://localhost:9000, in lower case, or * for all pages, not "blog.example".',
  ]);
  for (const framer of ["https://blog.example/", "https://Blog.example", "none"])
    assert.match(String(read("--framed-by", framer, "--framed-by", "*")), /^--framed-by must be/, framer);
});
