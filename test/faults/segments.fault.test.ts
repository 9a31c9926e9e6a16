import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { EntryId } from "@chorus/protocol/ids.ts";
import { parsePolled } from "@chorus/protocol/parse.ts";
import type { Live, Segment } from "@chorus/protocol/polled.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { connect } from "@chorus/sdk/client.ts";
import { SignJWT } from "jose";
import { startNginx } from "../../bench/nginx.ts";
import { pause, startServer, until } from "./running-server.ts";

/** The configuration of docs/segments.md, before a server of two gateways. */
const args = ["--gateways", "2", "--log-level", "silent", "--trusted-proxies", "127.0.0.1/32"];
const staleMsMax = 2_000;
const server = await startServer({ args });
const nginx = await startNginx(server.port);
after(async () => {
  await nginx[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test("D2.30 of however many who poll through the cache of docs/segments.md one a coding comes to Chorus", async () => {
  using host = await aHost("demo", true);
  await host.says("hello");
  const live = await untilListed("/v1/rooms/demo", "hello");
  const path = pathsOf(live, "/v1/rooms/demo").at(-1) ?? "";
  for (const accepted of ["gzip", "br", "identity"]) {
    const headers = { "accept-encoding": accepted };
    const all = await Promise.all(Array.from({ length: 30 }, () => fetch(nginx.url + path, { headers })));
    const bodies = new Set(await Promise.all(all.map((one) => one.text())));
    assert.equal(bodies.size, 1);
    const missed = all.filter(({ headers }) => headers.get("x-cache") === "MISS");
    assert.ok(missed.length <= 1, `${missed.length} misses of ${accepted}`);
  }
  await fetch(`${nginx.url}/v1/rooms/demo/live`).then((one) => one.text());
  const lives = await Promise.all(
    Array.from({ length: 30 }, () => fetch(`${nginx.url}/v1/rooms/demo/live?x=${Math.random()}`)),
  );
  assert.ok(lives.filter(({ headers }) => headers.get("x-cache") !== "HIT").length <= 1);
});

test("D2.31 two seconds after a removal nothing that the cache lists shows the text", async () => {
  using host = await aHost("demo", true);
  const id = await host.says("to be removed");
  const prefix = "/v1/rooms/demo";
  await untilListed(prefix, "to be removed");
  await host.removes(id);
  const removedAt = performance.now();
  let goneAt = Infinity;
  await until(
    async () => {
      const askedAt = performance.now();
      const live = await liveAt(prefix);
      const shown = JSON.stringify(await segmentsOf(live, prefix)).includes("to be removed");
      if (shown) goneAt = Infinity;
      else if (goneAt === Infinity) goneAt = askedAt;
      return performance.now() - removedAt > staleMsMax * 2;
    },
    10_000,
    () => "the time passes",
  );
  assert.ok(goneAt - removedAt <= staleMsMax, `${Math.round(goneAt - removedAt)} ms`);
});

test("D2.32 what the cache holds of a members' room it gives to nobody without a good prefix", async () => {
  using host = await aHost("members", false);
  await host.says("for members");
  const member = { authorization: `Bearer ${await tokenOf("ada", "members", "viewer")}` };
  const answer = await fetch(`${nginx.url}/v1/rooms/members/segments-prefix`, { headers: member });
  const { prefix } = (await answer.json()) as { prefix: string };
  const live = await untilListed(prefix, "for members");
  const path = pathsOf(live, prefix).at(-1) ?? "";
  const warm = await fetch(nginx.url + path);
  assert.deepEqual([warm.status, warm.headers.get("x-cache")], [200, "HIT"]);
  assert.match(await warm.text(), /for members/);
  const [, good = ""] = /signed\/([^/]+)\//.exec(prefix) ?? [];
  for (const bad of [good.replace(/.$/, (one) => (one === "A" ? "B" : "A")), `1${good}`, "none", "0.0"]) {
    const refused = await fetch(nginx.url + path.replace(good, bad));
    assert.ok(!(await refused.text()).includes("for members"));
    assert.equal(refused.status, 403, bad);
  }
  const open = await fetch(nginx.url + path.replace(`signed/${good}/`, ""));
  assert.equal(open.status, 401);
  const elsewhere = path.replace("rooms/members", "rooms/demo");
  assert.equal((await fetch(nginx.url + elsewhere)).status, 403);
});

type Host = Disposable & { says(text: string): Promise<EntryId>; removes(id: EntryId): Promise<void> };

async function aHost(name: string, guests: boolean): Promise<Host> {
  const url = `http://127.0.0.1:${server.port}`;
  const token = await tokenOf("hal", name, "host");
  const made = await fetch(`${url}/v1/rooms/${name}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ guests }),
  });
  assert.ok(made.ok, await made.text());
  const chorus = connect({ url, token: () => Promise.resolve(token), storage: null });
  const room = chorus.join(name);
  return {
    async says(text) {
      const outcome = await room.say(text).done;
      assert.ok(outcome.status === "confirmed");
      return outcome.id;
    },
    async removes(id) {
      const outcome = await room.moderate({ do: "retract", id, why: "spam" }).done;
      assert.equal(outcome.status, "confirmed");
    },
    [Symbol.dispose]: () => chorus.close(),
  };
}

function tokenOf(name: string, room: string, role: string): Promise<string> {
  return new SignJWT({ name, chorus: { rooms: { [room]: { role } } } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(name)
    .setExpirationTime("1h")
    .sign(Buffer.from(developmentKey));
}

async function polled(path: string): Promise<Live | Segment> {
  const response = await fetch(nginx.url + path);
  const text = await response.text();
  assert.equal(response.status, 200, `${path}: ${text}`);
  return parsePolled(text);
}
async function liveAt(prefix: string): Promise<Live> {
  const live = await polled(`${prefix}/live`);
  assert.ok(live.t === "live");
  return live;
}
function pathsOf({ epoch, segments }: Live, prefix: string): string[] {
  return segments.map(({ n, rev }) => `${prefix}/segments/${epoch}/${n}/${rev}`);
}
/** What `live` lists; an old revision that is gone from the cache shows nothing. */
async function segmentsOf(live: Live, prefix: string): Promise<string[]> {
  const all = pathsOf(live, prefix).map((path) => fetch(nginx.url + path));
  return Promise.all(all.map(async (one) => (await one).text()));
}
async function untilListed(prefix: string, text: string): Promise<Live> {
  for (let tries = 100; tries > 0; tries--) {
    const live = await liveAt(prefix);
    const segments = await segmentsOf(live, prefix);
    if (segments.some((one) => one.includes(text))) return live;
    await pause(100);
  }
  return assert.fail(`${text} is not listed`);
}
