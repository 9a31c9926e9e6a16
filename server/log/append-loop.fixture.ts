import { writeSync } from "node:fs";
import { roomId } from "@chorus/protocol/ids.ts";
import { headAfter } from "./append-verdict.ts";
import { recordAfter } from "./record.fixture.ts";
import { openSqliteLog } from "./sqlite-log.ts";

/** A keeper as a process: takes a room over and appends until it is killed, telling each offset after its `done`. */
const [path = "", name = "demo", bytes = "0"] = process.argv.slice(2);
const log = openSqliteLog(path, { checkpointsBeside: true });
const filling = "x".repeat(Number(bytes));
const room = roomId(name);

log.open(room, (opened) => {
  if (!opened.ok || opened.value === "no-such-room") throw new Error("the room cannot be opened");
  const { fence } = opened.value;
  let { head } = opened.value;
  appendNext();

  function appendNext(): void {
    const record = recordAfter(room, head, fence, [{ text: `entry ${head.offset + 1}${filling}` }], {
      journal: "{}",
    });
    log.append([record], (outcome) => {
      if (!outcome.ok) throw outcome.failure;
      if (outcome.value[0] !== "appended") throw new Error(`the record is ${outcome.value[0]}`);
      head = headAfter(record);
      writeSync(1, `${head.offset}\n`);
      setImmediate(appendNext);
    });
  }
});
