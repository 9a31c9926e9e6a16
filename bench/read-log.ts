import { roomId, seq } from "@chorus/protocol/ids.ts";
import type { ReadResult } from "@chorus/server/log/log.ts";
import { openSqliteLogReader } from "@chorus/server/log/sqlite-log.ts";

/** Reads a room's messages back from its log, in a program of its own: how many there are, and how many ids. */
const [path = "", room = ""] = process.argv.slice(2);
const log = openSqliteLogReader(path);
const ids = new Set<string>();
let messages = 0;
for (let from = 1; ;) {
  const { entries, head } = read(from);
  for (const { item } of entries) {
    if (item.k !== "message") continue;
    messages += 1;
    ids.add(item.id);
  }
  const last = entries.at(-1)?.seq;
  if (last === undefined || last >= head.publicSeq) break;
  from = last + 1;
}
process.send?.({ messages, ids: ids.size });

function read(from: number): ReadResult {
  const bounds = { newest: false, entriesMax: 1_000, bytesMax: 16 * 1024 * 1024, person: null };
  let found: ReadResult | undefined;
  log.read(
    roomId(room),
    { audience: "public", from: seq(from), to: seq(Number.MAX_SAFE_INTEGER), ...bounds },
    (outcome) => {
      if (!outcome.ok) throw outcome.failure;
      if (outcome.value !== "no-such-room") found = outcome.value;
    },
  );
  if (found === undefined) throw new Error(`There is no room ${room} in ${path}.`);
  return found;
}
