import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { cohortOf } from "@chorus/core/delivery/cut.ts";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Grant } from "@chorus/protocol/people.ts";
import { type ChorusRoom, connect } from "@chorus/sdk/client.ts";
import { claimsFor, signToken } from "@chorus/server/cli/mint-token.ts";
import { developmentKey, readConfig } from "@chorus/server/config.ts";
import { prepareData } from "@chorus/server/roles/paths.ts";
import { runSingle } from "@chorus/server/roles/single-process.ts";

/** What takes half a minute where people are takes a few seconds here. */
const quick = {
  segmentMs: 400,
  segmentGraceMs: 100,
  segmentPollMs: 300,
  tierStepMs: 200,
  tierSlowMs: 200,
  tierLeaveMs: 600,
};
const line = "a rather long sentence that everybody says again and again, ".repeat(6);

/** A whole server in this process, which can write so little that three people are too many for a loud room. */
async function aWeakServer(t: TestContext): Promise<string> {
  Object.assign(limits, quick);
  const place = mkdtempSync(join(tmpdir(), "chorus-polled-"));
  const args = [
    "--dev",
    "--single",
    "--segments",
    "--no-media",
    "--port",
    "0",
    "--data",
    join(place, "data"),
  ];
  const config = readConfig([...args, "--log-level", "silent"], {});
  assert.ok(!("problems" in config));
  assert.equal(prepareData(config), null);
  const server = await runSingle({ ...config, roomShare: 0.000_03 });
  t.after(async () => {
    await server.stop();
    rmSync(place, { recursive: true });
  });
  return server.url ?? "";
}

async function tokenOf(sub: string, role: "participant" | "moderator"): Promise<string> {
  const grants: Grant[] = ["read", "say", "react", role === "moderator" ? "moderate" : "replay"];
  const bearer = { sub, rooms: ["demo"], role, grants, name: sub, kind: null };
  const claims = claimsFor(bearer, Math.floor(Date.now() / 1_000), 3_600);
  assert.ok(!("problem" in claims));
  return (await signToken(claims, Buffer.from(developmentKey))) as string;
}

async function comes(t: TestContext, url: string, sub: string, role: "participant" | "moderator") {
  const chorus = connect({ url, messagesMax: 10_000, token: () => tokenOf(sub, role) });
  t.after(() => chorus.close());
  const room = chorus.join("demo");
  await until(() => room.state === "live");
  return { chorus, room };
}

async function until(holds: () => boolean, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!holds()) {
    assert.ok(Date.now() < end, `not within ${ms} ms: ${holds.toString()}`);
    await wait(20);
  }
}

/** Somebody who is shown what this person says, however hot the room is. */
function companionOf(sub: string): string {
  const names = Array.from({ length: 100 }, (_, i) => `viewer-${i}`);
  return names.find((name) => cohortOf(personId(name)) === cohortOf(personId(sub))) ?? sub;
}

/** Counts what is fetched, so that it is known how the room is read. */
function watchFetch(t: TestContext): { lives(): number; restedMs(): number } {
  const { fetch } = globalThis;
  let lives = 0;
  let last = Date.now();
  globalThis.fetch = (input, init) => {
    if (String(input).endsWith("/live")) {
      lives += 1;
      last = Date.now();
    }
    return fetch(input, init);
  };
  t.after(() => void (globalThis.fetch = fetch));
  return { lives: () => lives, restedMs: () => Date.now() - last };
}

function heardBy(room: ChorusRoom): string[] {
  const heard: string[] = [];
  room.on("message", ({ text }) => heard.push(text.split(" ")[0] ?? ""));
  return heard;
}

test("K2.40 a client goes over to segments on the server's word and comes back, without loss or double, and talks all the while", async (t) => {
  const url = await aWeakServer(t);
  const fetched = watchFetch(t);
  const viewer = await comes(t, url, companionOf("ada"), "participant");
  const heard = heardBy(viewer.room);
  const gaps: unknown[] = [];
  viewer.room.on("gap", (gap) => gaps.push(gap));
  const speaker = await comes(t, url, "ada", "participant");
  const moderator = await comes(t, url, "mo", "moderator");
  let said = 0;
  const talk = setInterval(() => {
    for (let i = 0; i < 2; i++) void speaker.room.say(`${said++} ${line}`);
  }, 100);
  t.after(() => clearInterval(talk));
  await until(() => fetched.lives() > 2);
  assert.deepEqual([viewer.chorus.state, viewer.room.tier?.tier], ["live", "segments"]);

  const own = await viewer.room.say("from among the polls").done;
  assert.equal(own.status, "confirmed");
  const bad = viewer.room.messages.findLast(({ by }) => by === "ada");
  assert.ok(bad?.id !== null && bad !== undefined);
  const removedAt = Date.now();
  await moderator.room.moderate({ do: "retract", id: bad.id, why: "spam" }).done;
  await until(() => viewer.room.messages.find(({ id }) => id === bad.id)?.removed !== null);
  assert.ok(Date.now() - removedAt < 2_000 + quick.segmentPollMs);

  clearInterval(talk);
  const isBack = (): boolean => viewer.room.state === "live" && viewer.room.tier?.tier !== "segments";
  await until(() => fetched.restedMs() > 5 * quick.segmentPollMs && isBack(), 30_000);
  const lives = fetched.lives();
  void speaker.room.say(`${said++} the last`);
  await until(() => heard.includes(`${said - 1}`));
  assert.equal(fetched.lives(), lives, "it polls no more");
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    heard.filter((one) => one !== "from").map(Number),
    Array.from({ length: said }, (_, i) => i),
  );
});
