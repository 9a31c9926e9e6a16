import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "@chorus/protocol/limits.ts";
import { eventOf } from "./stream-event.ts";
import { aStage } from "./stage.fixture.ts";
import { beatFrame } from "./wire.ts";

const epochOf = () => "epoch-1";

test("C8.43 an event is made once for all who read the frame so", () => {
  const stage = aStage();
  const readers = Array.from({ length: 3 }, (_, i) =>
    stage.enters(`reader-${i}`, "viewer", { oneWay: true }),
  );
  stage.hears("hello");
  const events = readers.map(({ writes }) =>
    eventOf(writes.at(-1) ?? assert.fail("nothing was written"), epochOf),
  );
  assert.ok(events.every((event) => event === events[0]));
  const [event] = events;
  const { seq } = readers[0]?.last("joined") ?? assert.fail("not joined");
  const [id, data = ""] = event?.bytes.toString().split("\n") ?? [];
  assert.equal(id, `id: epoch-1:${seq + 1}`);
  assert.deepEqual(JSON.parse(data.slice("data: ".length)), readers[0]?.last("entries"));
  assert.ok(event?.bytes.toString().endsWith("\n\n"));
});

test("C8.43 every frame that a session is sent has its event, and only what moves the position has an id", () => {
  const stage = aStage();
  const ada = stage.enters("ada", "viewer", { oneWay: true });
  stage.hears("hello");
  stage.does({ do: "mute", person: ada.last("welcome").you.id, why: "spam" });
  stage.passes(limits.heartbeatMs);
  const [first] = ada.writes;
  assert.ok(first !== undefined);
  const events = [...ada.writes, beatFrame(stage.now())].map((frame) => eventOf(frame, epochOf));
  for (const { kind, room, bytes } of events) {
    const lines = bytes.toString().trimEnd().split("\n");
    const frame = JSON.parse((lines.at(-1) ?? "").slice("data: ".length)) as { t: string; room?: string };
    assert.deepEqual([kind, room], [frame.t, frame.room ?? ""]);
    assert.equal(lines.length === 2 && lines[0]?.startsWith("id: "), kind === "view" || kind === "entries");
  }
  assert.ok(new Set(events.map(({ kind }) => kind)).size > 5);
});
