import assert from "node:assert/strict";
import { test } from "node:test";
import { personId } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { aRoom, aStack, bearer, expectProblem, type Stack, until } from "./api-stack.fixture.ts";
import { readEvents } from "./event-reader.fixture.ts";

const say = (counter: number, text = `word ${counter}`) => ({
  t: "say",
  room: "demo",
  key: `session-of-ada:${counter}`,
  text,
});
const react = (counter: number, taps: object) => ({
  t: "react",
  room: "demo",
  key: `session-of-ada:${counter}`,
  taps,
});
type Answer = { t: string; key?: string; id?: string; reason?: string; sentence?: string; retryMs?: number };

test("C8.48 commands are carried out in order without a connection, at a gateway that does not know the room", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const ada = await bearer("ada", { demo: { role: "moderator" } });
  assert.equal(stack.gateway.feeds.size, 0);
  const answers = await does(stack, ada, [say(0), say(1), say(2)]);
  assert.deepEqual(
    answers.map(({ t, key }) => [t, key]),
    [0, 1, 2].map((counter) => ["ack", `session-of-ada:${counter}`]),
  );
  const [again] = await does(stack, ada, [say(1)]);
  assert.equal(again?.id, answers[1]?.id);
  const id = answers[0]?.id ?? "";
  const about = { room: "demo", id };
  const [edited, moderated] = await does(stack, ada, [
    { t: "edit", key: "session-of-ada:3", ...about, text: "another word" },
    { t: "moderate", key: "session-of-ada:4", room: "demo", act: { do: "pin", id } },
  ]);
  assert.deepEqual([edited?.t, moderated?.t], ["ack", "ack"]);
  const { entries } = (await (await stack.get("/v1/rooms/demo/history", ada)).json()) as {
    entries: { k: string; text?: string }[];
  };
  assert.deepEqual(
    entries.flatMap(({ k, text }) => (k === "message" ? [text] : [])).length,
    3,
    "what came twice was done once",
  );
});

test("C8.48 the resume token and the guest's token of a welcome say who sends a command", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const stream = await readEvents((signal) => fetch(`${stack.url}/v1/stream?room=demo`, { signal }));
  await stream.until(() => stream.all("view").length === 1);
  const { resume, guest, you } = stream.all("welcome")[0] ?? assert.fail("no welcome");
  for (const [counter, token] of [resume, guest].entries()) {
    const [answer] = await does(stack, { authorization: `Bearer ${token}` }, [say(counter)]);
    assert.equal(answer?.t, "ack", JSON.stringify(answer));
    stack.clock.advance(limits.guestPaceMs);
  }
  await stream.until(() => stream.all("entries").length === 2);
  for (const { e } of stream.all("entries")) assert.equal(e[0]?.k === "message" && e[0].by, you.id);
  stream.stop();
});

test("C8.48 taps are counted, and answered only when they do not count", async () => {
  await using stack = await aStack();
  await aRoom(stack, { emoji: ["👏"] });
  const ada = await bearer("ada", { demo: { role: "viewer" } });
  const answers = await does(stack, ada, [
    react(0, { "👏": 3 }),
    react(1, { "🔥": 1 }),
    react(2, { "👏": limits.tapsPerFrameMax }),
  ]);
  assert.deepEqual(
    answers.map(({ key, reason }) => [key, reason]),
    [["session-of-ada:1", "emoji"]],
  );
  const stream = await readEvents(
    (signal) => fetch(`${stack.url}/v1/stream?room=demo`, { signal }),
    () => stack.clock.advance(10),
  );
  await stream.until(() => stream.all("tally").some(({ reactions }) => reactions["👏"] === 23));
  stream.stop();
});

test("C8.49 what a socket would refuse is refused in the same words, command by command", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  const reasons = async (who: Record<string, string>, frames: object[]) =>
    (await does(stack, who, frames)).map(({ t, reason }) => reason ?? t);
  const reader = await bearer("rea", { demo: { role: "viewer", grants: ["read"] } });
  assert.deepEqual(await reasons(reader, [say(0)]), ["forbidden"]);
  const stranger = await bearer("sam", { elsewhere: { role: "viewer" } });
  assert.deepEqual(await reasons(stranger, [say(0), { ...say(1), room: "elsewhere" }]), [
    "forbidden",
    "no-such-room",
  ]);
  const ada = await bearer("ada", { demo: { role: "viewer" } });
  assert.deepEqual(
    await reasons(ada, [say(0), { t: "say", room: "demo" }, { t: "join", room: "demo" }, say(1, "")]),
    ["ack", "malformed", "malformed", "empty"],
  );
  await stack.does("mo", "moderator", { act: { do: "ban", person: personId("ada"), why: "spam" } });
  assert.deepEqual(await reasons(ada, [say(2)]), ["banned"]);
  await expectProblem(await stack.post("/v1/commands", [say(3)]), 401, "unauthorised");
  const forged = await stack.post("/v1/commands", [say(3)], { authorization: "Bearer r1.x.y" });
  await expectProblem(forged, 401, "unauthorised");
});

test("C8.49 a person has the pace of a socket, and frames have its size", async () => {
  const noted: string[] = [];
  await using stack = await aStack({ observeGateway: { limit: (name) => noted.push(name) } });
  await aRoom(stack);
  const ada = await bearer("ada", { demo: { role: "moderator" } });
  const many = (from: number) => Array.from({ length: limits.commandsPerPostMax }, (_, i) => say(from + i));
  const answers = [...(await does(stack, ada, many(0))), ...(await does(stack, ada, many(32)))];
  const late = answers.filter(({ reason }) => reason === "rate");
  assert.equal(late.length, 2 * limits.commandsPerPostMax - limits.framesBurst);
  assert.ok(late.every(({ key, retryMs }) => key !== undefined && (retryMs ?? 0) > 0));
  assert.ok(noted.includes("framesPerSecond"));
  const bob = await bearer("bob", { demo: { role: "viewer" } });
  assert.equal((await does(stack, bob, [{ ...say(0), key: "session-of-bob:0" }]))[0]?.t, "ack");
  const over = await stack.post("/v1/commands", [...many(64), say(0)], bob);
  await expectProblem(over, 400, "malformed");
  const large = await stack.post("/v1/commands", [say(0, "x".repeat(limits.frameBytesMax))], bob);
  assert.equal((await expectProblem(large, 413, "too-large"))["limit"], "frameBytesMax");
});

test("C8.49 what the keeper does not answer in time is to be sent again under its key", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const ada = await bearer("ada", { demo: { role: "viewer" } });
  await does(stack, ada, [say(0)]);
  stack.keeper.stop();
  const waiting = does(stack, ada, [say(1)]);
  await until(() => stack.gateway.calls.size === 1);
  stack.clock.advance(5_000);
  const [answer] = await waiting;
  assert.deepEqual([answer?.reason, answer?.key, answer?.retryMs], ["try-later", "session-of-ada:1", 1_000]);
});

test("C8.50 a ticket lets its room be read, for so long a stream, and nothing else", async () => {
  await using stack = await aStack();
  await aRoom(stack, { guests: false });
  const ada = await bearer("ada", { demo: { role: "moderator" }, other: { role: "viewer" } });
  const response = await stack.post("/v1/rooms/demo/ticket", undefined, ada);
  const { ticket, expires } = (await response.json()) as { ticket: string; expires: number };
  assert.equal(expires, stack.clock.now() + limits.ticketMs);
  const stream = await readEvents((signal) =>
    fetch(`${stack.url}/v1/stream?room=demo&ticket=${ticket}`, { signal }),
  );
  await stream.until(() => stream.all("view").length === 1);
  const [joined] = stream.all("joined");
  assert.deepEqual([joined?.audience, joined?.grants], ["public", ["read"]]);
  const { resume } = stream.all("welcome")[0] ?? assert.fail("no welcome");
  for (const token of [ticket, resume]) {
    const answer = await stack.post("/v1/commands", [say(0)], { authorization: `Bearer ${token}` });
    if (token === ticket) await expectProblem(answer, 401, "unauthorised");
    else assert.equal(((await answer.json()) as Answer[])[0]?.reason, "forbidden");
  }
  await expectProblem(await stack.get(`/v1/stream?room=other&ticket=${ticket}`), 403, "forbidden");
  stream.stop();
  stack.clock.advance(limits.ticketMs);
  await expectProblem(await stack.get(`/v1/stream?room=demo&ticket=${ticket}`), 401, "unauthorised");
  stack.clock.advance(limits.streamMs);
  const [late] = [await stack.post("/v1/commands", [say(0)], { authorization: `Bearer ${resume}` })];
  await expectProblem(late, 401, "unauthorised");
});

test("C8.50 only who may read a room gets a ticket for it", async () => {
  await using stack = await aStack();
  await aRoom(stack);
  const ticketFor = (headers = {}) => stack.post("/v1/rooms/demo/ticket", undefined, headers);
  await expectProblem(await ticketFor(), 401, "unauthorised");
  await expectProblem(
    await ticketFor(await bearer("sam", { elsewhere: { role: "viewer" } })),
    403,
    "forbidden",
  );
  const stream = await readEvents((signal) => fetch(`${stack.url}/v1/stream?room=demo`, { signal }));
  await stream.until(() => stream.all("welcome").length === 1);
  const guest = stream.all("welcome")[0]?.guest ?? "";
  await expectProblem(await ticketFor({ authorization: `Bearer ${guest}` }), 403, "forbidden");
  stream.stop();
});

async function does(stack: Stack, headers: Record<string, string>, frames: object[]): Promise<Answer[]> {
  const response = await stack.post("/v1/commands", frames, headers);
  const answers = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answers));
  return answers as Answer[];
}
