import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type Bus, type BusMessage, noBytes } from "./bus.ts";

/**
 * What every bus MUST do. `ends` are of one bus, in roles: the suite publishes from the first and listens on all, so
 * an adapter whose ends differ runs it once for each arrangement. `settled` returns when every subscription made
 * before is in effect for every end.
 */
export type BusFixture = { ends: readonly [Bus, Bus, Bus]; settled(): Promise<void>; close(): void };

export function busContract(name: string, open: () => Promise<BusFixture>): void {
  function law(title: string, prove: (fixture: BusFixture) => Promise<void>): void {
    test(`${title} (${name})`, async () => {
      const fixture = await open();
      try {
        await prove(fixture);
      } finally {
        fixture.close();
      }
    });
  }

  law(
    "B1.1 every end that subscribed to the subject, the publisher's own too, hears each message once",
    async (f) => {
      const heard = f.ends.map((end) => listen(end, "room", 4));
      const elsewhere = f.ends.map((end) => listen(end, "another room", 1));
      await f.settled();
      for (const n of [1, 2, 3, 4]) f.ends[0].publish("room", says(n));
      for (const { heads, whole } of heard) {
        await whole;
        assert.deepEqual(heads, [1, 2, 3, 4]);
      }
      for (const { heads } of elsewhere) assert.deepEqual(heads, []);
    },
  );

  law(
    "B1.2 messages of one publisher on one subject arrive in the order they were published in",
    async (f) => {
      const count = 2_000;
      const heard = f.ends.map((end) => listen(end, "room", count));
      await f.settled();
      for (let n = 0; n < count; n++) {
        f.ends[0].publish("room", says(n));
        if (n % 97 === 0) await turn();
      }
      const expected = Array.from({ length: count }, (_, n) => n);
      for (const { heads, whole } of heard) {
        await whole;
        assert.deepEqual(heads, expected);
      }
    },
  );

  law("B1.3 order holds for each publisher when several publish on one subject", async (f) => {
    const heard = f.ends.map((end) => listen(end, "room", 300));
    await f.settled();
    for (let n = 0; n < 100; n++) f.ends.forEach((end, by) => end.publish("room", says([by, n])));
    for (const { heads, whole } of heard) {
      await whole;
      for (const publisher of [0, 1, 2]) {
        const own = heads.filter((head) => Array.isArray(head) && head[0] === publisher);
        assert.deepEqual(
          own,
          Array.from({ length: 100 }, (_, n) => [publisher, n]),
        );
      }
    }
  });

  law(
    "B1.4 a subscriber that stopped hears nothing more, and the others of its subject still do",
    async (f) => {
      for (const [i, end] of f.ends.entries()) {
        const subject = `room ${i}`;
        const stopped = listen(end, subject, 1);
        const staying = listen(end, subject, 2);
        await f.settled();
        f.ends[0].publish(subject, says("before"));
        await stopped.whole;
        stopped.stop();
        stopped.stop();
        f.ends[0].publish(subject, says("after"));
        await staying.whole;
        assert.deepEqual(stopped.heads, ["before"]);
        assert.deepEqual(staying.heads, ["before", "after"]);
        staying.stop();
      }
    },
  );

  law("B1.5 a subscriber that another one stops during a delivery does not hear that message", async (f) => {
    for (const [i, end] of f.ends.entries()) {
      const subject = `room ${i}`;
      const heads: unknown[] = [];
      const stopFirst = end.subscribe(subject, () => stopSecond());
      const stopSecond = end.subscribe(subject, (message) => heads.push(message.head));
      const last = listen(end, subject, 1);
      await f.settled();
      f.ends[0].publish(subject, says("hi"));
      await last.whole;
      assert.deepEqual(heads, []);
      stopFirst();
      last.stop();
    }
  });

  law("B1.6 one function subscribed twice is two subscribers", async (f) => {
    for (const [i, end] of f.ends.entries()) {
      const subject = `room ${i}`;
      const heads: unknown[] = [];
      const receive = (message: BusMessage): void => void heads.push(message.head);
      const stops = [end.subscribe(subject, receive), end.subscribe(subject, receive)];
      const last = listen(end, subject, 1);
      await f.settled();
      f.ends[0].publish(subject, says("hi"));
      await last.whole;
      assert.deepEqual(heads, ["hi", "hi"]);
      for (const stop of [...stops, last.stop]) stop();
    }
  });

  law("B1.7 head and body arrive as they were published, of any size and content", async (f) => {
    const messages: BusMessage[] = [
      { head: null, body: noBytes },
      {
        head: { text: "žluťoučký 🎬 \u0000", list: [1, "2", { three: [] }] },
        body: Uint8Array.of(0, 255, 10, 13),
      },
      { head: "", body: new Uint8Array(1_000_003).map((_, i) => i % 251) },
      { head: 0, body: new Uint8Array(64).subarray(7, 9) },
    ];
    const subject = "room ✓ 1";
    const heard = f.ends.map((end) => listen(end, subject, messages.length));
    await f.settled();
    for (const message of messages) f.ends[0].publish(subject, message);
    for (const { whole } of heard) {
      for (const [i, got] of (await whole).entries()) {
        assert.deepEqual(got.head, messages[i]?.head);
        assert.equal(Buffer.compare(got.body, messages[i]?.body ?? noBytes), 0);
      }
    }
  });

  law(
    "B1.8 no subscriber is called while its publisher publishes, nor within another delivery",
    async (f) => {
      let inside = false;
      const done = f.ends.map(
        (end) =>
          new Promise<void>((resolve) => {
            end.subscribe("room", ({ head }) => {
              assert.equal(inside, false);
              inside = true;
              if (head === 1) end.publish("room", says(2));
              else resolve();
              inside = false;
            });
          }),
      );
      await f.settled();
      inside = true;
      f.ends[0].publish("room", says(1));
      inside = false;
      await Promise.all(done);
    },
  );

  law(
    "B1.9 whoever hears a question after its asker subscribed to the answer reaches the asker",
    async (f) => {
      const [asker, ...others] = f.ends;
      for (const end of others)
        end.subscribe("question", ({ head }) => end.publish(`answer ${head}`, says("yes")));
      await f.settled();
      for (const n of [1, 2, 3]) {
        const answers = listen(asker, `answer ${n}`, others.length);
        asker.publish("question", says(n));
        await answers.whole;
        assert.deepEqual(answers.heads, ["yes", "yes"]);
      }
    },
  );

  law(
    "B1.10 what an end published before it closed reaches the others; then it neither speaks nor hears",
    async (f) => {
      const [closing, ...others] = f.ends;
      const mute = listen(closing, "room", 1);
      const heard = others.map((end) => listen(end, "room", 1));
      await f.settled();
      closing.publish("room", says("last words"));
      closing.close();
      closing.publish("room", says("too late"));
      for (const { heads, whole } of heard) {
        await whole;
        assert.deepEqual(heads, ["last words"]);
      }
      await turn();
      assert.deepEqual(mute.heads, []);
      for (const { heads } of heard) assert.deepEqual(heads, ["last words"]);
    },
  );

  law("B1.11 whoever asks is told at once that the others can be reached", async (f) => {
    for (const end of f.ends) {
      const changes: boolean[] = [];
      end.onReachable((reachable) => changes.push(reachable));
      assert.deepEqual(changes, [true]);
    }
  });
}

export function says(head: unknown, body: Uint8Array = noBytes): BusMessage {
  return { head, body };
}

export type Listener = { heads: unknown[]; whole: Promise<BusMessage[]>; stop(): void };

/** Keeps what the end hears; `whole` comes when there are `count` messages. */
export function listen(end: Bus, subject: string, count: number): Listener {
  const { promise, resolve } = Promise.withResolvers<BusMessage[]>();
  const messages: BusMessage[] = [];
  const heads: unknown[] = [];
  const stop = end.subscribe(subject, (message) => {
    messages.push(message);
    heads.push(message.head);
    if (messages.length === count) resolve(messages);
  });
  return { heads, whole: promise, stop };
}
