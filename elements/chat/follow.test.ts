import assert from "node:assert/strict";
import { test } from "node:test";
import { type Follow, follow, type FollowEvent, followFromStart, nearEndPx } from "./follow.ts";

const up: FollowEvent = { e: "scrolled", distanceToEnd: nearEndPx + 1, byPerson: true };
const down: FollowEvent = { e: "scrolled", distanceToEnd: nearEndPx, byPerson: true };
const moved: FollowEvent = { e: "scrolled", distanceToEnd: 5_000, byPerson: false };
const movedToEnd: FollowEvent = { e: "scrolled", distanceToEnd: 0, byPerson: false };
const said: FollowEvent = { e: "message", mentionsMe: false };
const called: FollowEvent = { e: "message", mentionsMe: true };
const pause: FollowEvent = { e: "pausePressed" };
const keyDown: FollowEvent = { e: "freezeKey", down: true };
const keyUp: FollowEvent = { e: "freezeKey", down: false };
const touch: FollowEvent = { e: "actionsTouched", touched: true };
const leave: FollowEvent = { e: "actionsTouched", touched: false };
const toMessage: FollowEvent = { e: "jumpToMessage" };
const toEnd: FollowEvent = { e: "jumpToEnd" };
const replaced: FollowEvent = { e: "replaced" };
const scrolls = [up, down, moved, movedToEnd];
const buttons = [pause, toMessage, toEnd];
const all = [...scrolls, ...buttons, said, called, keyDown, keyUp, touch, leave, replaced];

function after(...events: FollowEvent[]): Follow {
  return events.reduce(follow, followFromStart);
}

function seen(...events: FollowEvent[]): string {
  const { mode, newCount, mentionCount } = after(...events);
  return `${mode} ${newCount} ${mentionCount}`;
}

/** Every sequence of events up to this length: what the state was, what came, what it is. */
function everySequence(
  length: number,
  look: (before: Follow, event: FollowEvent, after: Follow) => void,
): void {
  function go(before: Follow, left: number): void {
    for (const event of all) {
      const next = follow(before, event);
      look(before, event, next);
      if (left > 1) go(next, left - 1);
    }
  }
  go(followFromStart, length);
}

test("W1.5 at the end the list follows, and nothing is counted", () => {
  assert.equal(seen(said, called, moved, said), "following 0 0");
});

test("W1.6 who scrolls up pauses, and is told how many came and how many mention them", () => {
  assert.equal(seen(up, said, called, said), "paused 3 1");
  assert.equal(seen(up, said, up, called), "paused 2 1");
});

test("W1.6 back at the end, by hand or by button, the list follows again", () => {
  assert.equal(seen(up, called, down), "following 0 0");
  assert.equal(seen(up, called, toEnd), "following 0 0");
  assert.equal(seen(up, called, pause), "following 0 0");
});

test("W1.7 the pause button pauses at the end, and small movements there do not end it", () => {
  assert.equal(seen(pause), "paused 0 0");
  assert.equal(seen(pause, down), "paused 0 0");
  assert.equal(seen(pause, said, called), "paused 2 1");
  assert.equal(seen(pause, said, down), "following 0 0");
  assert.equal(seen(pause, up, down), "following 0 0");
  assert.equal(seen(pause, pause), "following 0 0");
});

test("W1.8 a held key freezes the list and lets it go on as it was", () => {
  assert.equal(seen(keyDown, said, called), "frozen 2 1");
  assert.equal(seen(keyDown, said, keyUp), "following 0 0");
  assert.equal(seen(up, said, keyDown, said, keyUp), "paused 2 0");
  assert.equal(seen(keyDown, said, up, keyUp), "paused 1 0");
  assert.equal(seen(keyDown, said, toEnd), "frozen 0 0");
});

test("W1.8 the list is still while the pointer rests on actions", () => {
  assert.equal(seen(touch, said), "held 1 0");
  assert.equal(seen(touch, said, leave), "following 0 0");
  assert.equal(seen(touch, up, said, leave), "paused 1 0");
  assert.equal(seen(touch, keyDown, leave, said), "frozen 1 0");
});

test("W1.6 who goes to an older message is away from the end", () => {
  assert.equal(seen(toMessage, said), "paused 1 0");
  assert.equal(seen(toMessage, movedToEnd, said), "paused 1 0");
  assert.equal(seen(toMessage, said, down), "following 0 0");
});

test("W1.6 of a list that was replaced nothing is counted", () => {
  assert.equal(seen(up, said, called, replaced), "paused 0 0");
  assert.equal(seen(up, said, replaced, called), "paused 1 1");
});

test("W1.5, W1.6, W1.7, W1.8 the laws hold after every sequence of five events", () => {
  everySequence(5, (before, event, after) => {
    if (after.mode === "following") assert.deepEqual([after.newCount, after.mentionCount], [0, 0]);
    assert.ok(after.mentionCount <= after.newCount);
    assert.equal(after.mode === "frozen", after.keyDown);
    if (event === moved || event === movedToEnd) assert.equal(after, before);
    if (event === said || event === called) {
      assert.equal(after.mode, before.mode);
      const counts = before.mode === "following" ? 0 : 1;
      assert.equal(after.newCount - before.newCount, counts);
      assert.equal(after.mentionCount - before.mentionCount, event === called ? counts : 0);
    }
    if (event === toEnd || (event === down && before.away)) {
      assert.equal(after.newCount, 0);
      assert.equal(after.mode, after.keyDown ? "frozen" : after.touched ? "held" : "following");
    }
    if (event === up && !before.keyDown) assert.equal(after.mode, "paused");
    if (event === leave && !before.touched) assert.equal(after, before);
  });
});

test("W1.6 from every state the way back to the live end is to let go and go there", () => {
  everySequence(4, (_before, _event, after) => {
    const back = [keyUp, leave, toEnd].reduce(follow, after);
    assert.deepEqual(back, followFromStart);
  });
});
