import assert from "node:assert/strict";
import { test } from "node:test";
import { isAlive, pause, type RunningServer, startServer, until } from "./running-server.ts";
import { join, type Person, shownBy, storedIn } from "./people.ts";

const senders = 8;
const readers = 12;
const sayEveryMs = 100;
const liveWithinMs = 10_000;

test("R3.20 whatever is killed with -9 while people talk, no acknowledged message is lost, none comes twice, and all are back soon", async () => {
  await using server = await startServer({ args: ["--gateways", "2", "--log-level", "silent"] });
  using everybody = new DisposableStack();
  const people = Array.from({ length: senders + readers }, (_, i) =>
    everybody.use(join(server.port, `person-${i}`)),
  );
  await until(
    () => people.every(({ room }) => room.state === "live"),
    10_000,
    () => server.said,
  );
  await Promise.all([talk(people.slice(0, senders), 15_000), killAtRandom(server)]);
  await until(
    () => people.every(isAnswered),
    20_000,
    () => "answers are missing",
  );
  const stored = storedIn(server.data);
  await until(
    () => people.every((person) => shownBy(person).length >= stored.length),
    10_000,
    () => "readers are behind",
  );

  const ids = new Set(stored.map(({ id }) => id));
  assert.equal(ids.size, stored.length, "an id comes once");
  assert.equal(new Set(stored.map(({ text }) => text)).size, stored.length, "a message is stored once");
  const outcomes = people.flatMap((person) => person.outcomes);
  assert.ok(outcomes.length > 500, `${outcomes.length}`);
  for (const outcome of outcomes) {
    assert.equal(outcome.status, "confirmed", JSON.stringify(outcome));
    assert.ok(outcome.status === "confirmed" && ids.has(outcome.id), "what was acknowledged is in the log");
  }
  for (const person of people) assert.deepEqual(shownBy(person), stored);
  const away = people.flatMap(({ awayMs }) => awayMs);
  assert.ok(away.length > 0 && Math.max(...away) < liveWithinMs, `${away.map(Math.round)}`);
});

test("C8.32 a gateway that is told to end hands its people over: no word is lost, and nobody is away for longer than a moment", async () => {
  await using server = await startServer({ args: ["--gateways", "2", "--log-level", "silent"] });
  using everybody = new DisposableStack();
  const people = Array.from({ length: 20 }, (_, i) => everybody.use(join(server.port, `person-${i}`)));
  await until(
    () => people.every(({ room }) => room.state === "live"),
    10_000,
    () => server.said,
  );
  const before = server.pids("gateway");
  const [leaving = 0] = before;
  process.kill(leaving, "SIGTERM");
  await talk(people.slice(0, senders), 2_000);
  await until(
    () => people.every(isAnswered) && !isAlive(leaving) && server.pids("gateway").length === 2,
    10_000,
    () => "the gateway is still there, or answers are missing",
  );
  const stored = storedIn(server.data);
  await until(
    () => people.every((person) => shownBy(person).length >= stored.length),
    10_000,
    () => "readers are behind",
  );
  for (const person of people) assert.deepEqual(shownBy(person), stored);
  assert.equal(server.pids("gateway").filter((pid) => before.includes(pid)).length, 1);
  const away = people.flatMap(({ awayMs }) => awayMs);
  assert.ok(away.length > 0 && away.length < people.length, "those of one gateway, once each");
  assert.ok(Math.max(...away) < 1_000, `${away.map(Math.round)}`);
});

test("O6.10 every process ends when the supervisor is killed with -9, and another server may follow", async () => {
  await using server = await startServer({ args: ["--gateways", "1", "--log-level", "silent"] });
  const pids = [...server.pids("keeper"), ...server.pids("gateway")];
  assert.equal(pids.length, 2);
  server.process.kill("SIGKILL");
  await until(
    () => !pids.some(isAlive),
    5_000,
    () => "a process lives on",
  );
  await using next = await startServer({
    data: server.data,
    args: ["--gateways", "1", "--log-level", "silent"],
  });
  assert.equal(await next.status("/healthz"), 200);
});

/** Four times in the fifteen seconds: all processes, the keeper, one gateway, and the keeper again. */
async function killAtRandom(server: RunningServer): Promise<void> {
  const [keeper, gateway] = [(): number[] => server.pids("keeper"), (): number[] => server.pids("gateway")];
  for (const victims of [() => [...keeper(), ...gateway()], keeper, () => gateway().slice(0, 1), keeper]) {
    await pause(1_500 + Math.random() * 2_000);
    for (const pid of victims()) process.kill(pid, "SIGKILL");
  }
}

/** Each says its numbers, so that a text comes once in all. */
async function talk(people: readonly Person[], forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  for (let number = 0; performance.now() < end; number++) {
    for (const [i, person] of people.entries()) if (person.unanswered < 50) person.say(`${i} says ${number}`);
    await pause(sayEveryMs);
  }
}

function isAnswered({ unanswered }: Person): boolean {
  return unanswered === 0;
}
