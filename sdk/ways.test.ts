import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import * as codes from "./codes.ts";
import type { Transport, TransportEvents } from "./transport.ts";
import { type Fate, nextTurn, type Turn, waysOf } from "./ways.ts";

type Ways = {
  transport: Transport;
  opened: string[];
  last(): TransportEvents;
  sent: string[];
  loads: number;
};

/** Two ways whose other ends the test holds. */
function twoWays(load: () => Promise<void> = async () => {}): Ways {
  const ways: Ways = { transport: waysOf(way("socket"), second), opened: [], last, sent: [], loads: 0 };
  let events: TransportEvents | undefined;
  return ways;

  function way(name: string): Transport {
    return {
      accept: ["deflate"],
      open(_url, heard) {
        ways.opened.push(name);
        events = heard;
        return {
          send: (text) => ways.sent.push(`${name} ${text}`),
          close: (code) => ways.sent.push(`${name} ${code}`),
        };
      },
    };
  }

  async function second(): Promise<Transport> {
    ways.loads += 1;
    await load();
    return way("http");
  }

  function last(): TransportEvents {
    return events ?? assert.fail("nothing was opened");
  }
}

const quiet: TransportEvents = { opened() {}, received() {}, closed() {} };
const turns = () => new Promise((resolve) => setImmediate(resolve));

async function fails(ways: Ways): Promise<void> {
  ways.transport.open("ws://there", quiet);
  await turns();
  ways.last().closed(1006, null);
}

test("K2.30 after two WebSockets that came to nothing HTTP is tried, and after that a WebSocket again", async () => {
  const ways = twoWays();
  for (let i = 0; i < 6; i++) await fails(ways);
  assert.deepEqual(ways.opened, ["socket", "socket", "http", "socket", "socket", "http"]);
  assert.deepEqual(ways.transport.accept, ["deflate", "segments"]);
});

test("K2.30 a WebSocket that says nothing until it is given up is followed by HTTP at once", async () => {
  const ways = twoWays();
  const connection = ways.transport.open("ws://there", quiet);
  connection.close(codes.helloTimeout);
  ways.last().closed(1006, null);
  ways.transport.open("ws://there", quiet);
  await turns();
  assert.deepEqual(ways.opened, ["socket", "http"]);
});

test("K2.30 what was heard of once is stayed with, until a WebSocket would come about", async () => {
  const ways = twoWays();
  await fails(ways);
  await fails(ways);
  const heard: string[] = [];
  const events: TransportEvents = { ...quiet, received: (text) => heard.push(text) };
  for (let i = 0; i < 3; i++) {
    ways.transport.open("ws://there", events);
    await turns();
    ways.last().received("welcome");
    ways.last().closed(1006, null);
  }
  assert.deepEqual(ways.opened.slice(2), ["http", "http", "http"]);
  ways.transport.open("ws://there", events);
  await turns();
  ways.last().received("welcome");
  ways.last().closed(codes.drained, null);
  for (let i = 0; i < 2; i++) {
    ways.transport.open("ws://there", events);
    ways.last().received("welcome");
    ways.last().closed(1006, null);
  }
  assert.deepEqual(ways.opened.slice(6), ["socket", "socket"]);
  assert.equal(heard.length, 6);
});

test("K2.30 whatever happens, no way is tried three times in a row without being heard of", () => {
  const fate = fc.constantFrom<Fate>("heard", "failed", "silent");
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 50 }), (fates) => {
      let turn: Turn = nextTurn(0, "heard");
      let unheard = 0;
      for (const one of fates) {
        const next: Turn = nextTurn(turn, one);
        unheard = one === "heard" || (turn === 2) !== (next === 2) ? 0 : unheard + 1;
        assert.ok(unheard < 2);
        if (one === "heard") assert.equal(next === 2, turn === 2);
        turn = next;
      }
    }),
  );
});

test("K2.31 the program for HTTP is loaded when it is wanted; while it comes nothing is sent, and it may stay away", async () => {
  const ways = twoWays(() => Promise.reject(new Error("offline")));
  await fails(ways);
  await fails(ways);
  assert.equal(ways.loads, 0);
  const codesHeard: number[] = [];
  const connection = ways.transport.open("ws://there", { ...quiet, closed: (code) => codesHeard.push(code) });
  connection.send("too early");
  await turns();
  assert.deepEqual([ways.loads, codesHeard, ways.sent], [1, [1006], []]);
  ways.transport.open("ws://there", quiet);
  assert.equal(ways.opened.at(-1), "socket");
});

test("K2.31 what is closed before its program has come is not opened", async () => {
  const ways = twoWays();
  await fails(ways);
  await fails(ways);
  ways.transport.open("ws://there", quiet).close(1000);
  await turns();
  assert.deepEqual(ways.opened, ["socket", "socket"]);
});
