import { strict as assert } from "node:assert";
import { test } from "node:test";
import * as fc from "fast-check";
import { entryId, epoch, personId, roomId, seq, time } from "@chorus/protocol/ids.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { emptyHead, headAfter } from "./append-verdict.ts";
import type { Log, MessageAt, ReadQuery } from "./log.ts";
import { createMemoryLog } from "./memory-log.ts";
import { appended, ask, bytesOf, recordAfter, textOf } from "./record.fixture.ts";
import type { Said } from "./record.fixture.ts";
import { aPlace } from "./sqlite.fixture.ts";

type Step =
  | {
      do: "append";
      batch: { said: Said[]; overlaid: { id: string; redacts: boolean; text: string | null }[] }[];
      wrong: boolean;
    }
  | { do: "read"; query: ReadQuery }
  | { do: "snapshot"; back: number }
  | { do: "trim"; back: number | null; bytesMax: number | null }
  | { do: "open" | "load" | "reopen" }
  | { do: "records"; from: number; recordsMax: number }
  | { do: "find"; at: MessageAt };

const small = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const ids = fc.constantFrom("A", "B", "C");
const fields = {
  text: fc.string({ maxLength: 5 }),
  id: ids,
  k: fc.constantFrom("message", "pinned"),
  about: ids,
};
const reply: fc.Arbitrary<Said> = fc
  .record({ quoting: ids, quote: fc.string({ maxLength: 3 }) })
  .map(({ quoting, quote }) => ({ text: `re<${quote.replaceAll(/[<>]/gu, "")}>`, quoting }));
const said: fc.Arbitrary<Said> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ ...fields, scope: fc.constantFrom("all", "all", "staff") }) },
  { weight: 1, arbitrary: reply },
  {
    weight: 1,
    arbitrary: fc.record({ ...fields, scope: fc.constant("person"), person: fc.constantFrom("ada", "bob") }),
  },
);
const overlaid = fc.record({ id: ids, redacts: fc.boolean(), text: fc.option(fc.string({ maxLength: 5 })) });
const batch = fc.array(
  fc.record({ said: fc.array(said, { maxLength: 4 }), overlaid: fc.array(overlaid, { maxLength: 2 }) }),
  { minLength: 1, maxLength: 4 },
);
const query: fc.Arbitrary<ReadQuery> = fc.record({
  audience: fc.constantFrom("public", "staff"),
  from: small(8).map(seq),
  to: fc.oneof(small(15), fc.constant(20), fc.constant(Number.MAX_SAFE_INTEGER - 1)).map(seq),
  newest: fc.boolean(),
  entriesMax: small(8),
  bytesMax: fc.oneof(small(20), fc.constant(1_000)),
  person: fc.constantFrom(null, personId("ada"), personId("bob")),
});
const at: fc.Arbitrary<MessageAt> = fc.record({
  audience: fc.constantFrom("public", "staff"),
  seq: small(12).map(seq),
  id: ids.map(entryId),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("append"),
      batch,
      wrong: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("read"), query }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("snapshot"), back: small(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("trim"),
      back: fc.option(small(4)),
      bytesMax: fc.option(small(60)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("open", "load", "reopen") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("records"), from: small(6), recordsMax: small(4) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("find"), at }) },
);

test("L2.8 every log MUST answer any sequence of calls alike", async () => {
  using place = aPlace();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 20 }), async (steps) => {
      runs += 1;
      const room = roomId(`room-${runs}`);
      const fromMemory = await answersOf(createMemoryLog(), room, steps);
      assert.deepEqual(await answersOf(place.log, room, steps, () => place.open()), fromMemory);
    }),
    { seed: 1, numRuns: 100 },
  );
});

/** Every answer in a form that compares bytes by what they hold. */
async function answersOf(
  log: Log,
  room: RoomId,
  steps: readonly Step[],
  reopen = () => log,
): Promise<unknown[]> {
  const state = { log, room, fence: 0, head: emptyHead(epoch("born")) };
  await ask<unknown>((done) => log.create(room, state.head.epoch, done));
  state.fence = fenceIn(await ask<unknown>((done) => log.open(room, done)));
  const answers: unknown[] = [];
  for (const step of steps) {
    if (step.do === "reopen") state.log = reopen();
    else answers.push(comparable(await answerTo(state, step)));
  }
  return answers;
}

type State = { log: Log; room: RoomId; fence: number; head: ReturnType<typeof emptyHead> };

async function answerTo(state: State, step: Exclude<Step, { do: "reopen" }>): Promise<unknown> {
  const { log, room, fence, head } = state;
  switch (step.do) {
    case "append":
      return appendTo(state, step);
    case "read":
      return ask<unknown>((done) => log.read(room, step.query, done));
    case "snapshot":
      return ask<unknown>((done) =>
        log.saveSnapshot({ room, fence, offset: head.offset - step.back }, 0, bytesOf("state"), done),
      );
    case "trim": {
      const olderThan = step.back === null ? null : time(1_000 + head.offset - step.back);
      return ask<unknown>((done) => log.trim(room, { olderThan, bytesMax: step.bytesMax }, done));
    }
    case "records":
      return ask<unknown>((done) => log.records(room, step.from, step.recordsMax, done));
    case "find":
      return ask<unknown>((done) => log.find(room, step.at, done));
    case "load":
      return ask<unknown>((done) => log.load(room, done));
    case "open": {
      const opened = await ask<unknown>((done) => log.open(room, done));
      state.fence = fenceIn(opened);
      return opened;
    }
  }
}

/** `wrong` leaves out the first of several records, so that those after it are refused. */
async function appendTo(state: State, step: Extract<Step, { do: "append" }>): Promise<unknown> {
  const before = state.head;
  const records = step.batch.map(({ said, overlaid }) => {
    const overlays = overlaid.map(({ id, redacts, text }) => ({
      id: entryId(id),
      redacts,
      bytes: text === null ? null : bytesOf(text),
    }));
    const record = recordAfter(state.room, state.head, state.fence, said, { overlays, journal: "note" });
    state.head = headAfter(record);
    return record;
  });
  const wrong = step.wrong && records.length > 1;
  if (wrong) state.head = before;
  return appended(state.log, wrong ? records.slice(1) : records);
}

function fenceIn(opened: unknown): number {
  return typeof opened === "object" && opened !== null && "fence" in opened ? Number(opened.fence) : 0;
}

function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return textOf(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, comparable(inner)]));
}
