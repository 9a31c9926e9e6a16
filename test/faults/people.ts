import type { EntryId } from "@chorus/protocol/ids.ts";
import { roomId, seq } from "@chorus/protocol/ids.ts";
import type { ReadResult } from "@chorus/server/log/log.ts";
import { openSqliteLogReader } from "@chorus/server/log/sqlite-log.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { type Chorus, type ChorusRoom, connect, type Outcome } from "@chorus/sdk/client.ts";
import { SignJWT } from "jose";

/** Somebody with the SDK, in the room `demo`. */
export type Person = Disposable & {
  readonly chorus: Chorus;
  readonly room: ChorusRoom;
  /** How long each time it took from losing the connection to being in the room again. */
  readonly awayMs: number[];
  readonly outcomes: Outcome[];
  /** Tells what was not answered yet. */
  unanswered: number;
  say(text: string): void;
};
export type Stored = { id: EntryId; text: string };

export function join(port: number, name: string): Person {
  const chorus = connect({
    url: `http://127.0.0.1:${port}`,
    token: () => tokenOf(name),
    storage: null,
    messagesMax: 10_000,
    idsMax: 20_000,
  });
  const room = chorus.join("demo");
  const person: Person = {
    chorus,
    room,
    awayMs: [],
    outcomes: [],
    unanswered: 0,
    [Symbol.dispose]: () => chorus.close(),
    say(text) {
      person.unanswered += 1;
      void room.say(text).done.then((outcome) => {
        person.unanswered -= 1;
        person.outcomes.push(outcome);
      });
    },
  };
  let lostAt: number | null = null;
  room.on("state", ({ state }) => {
    if (state === "live" || state === "paused") {
      if (lostAt !== null) person.awayMs.push(performance.now() - lostAt);
      lostAt = null;
    } else if (room.position >= 0) lostAt ??= performance.now();
  });
  return person;
}

/** What a client shows as said by the room, in order. */
export function shownBy({ room }: Person): Stored[] {
  return room.messages.flatMap(({ id, text, seq }) => (id === null || seq === null ? [] : [{ id, text }]));
}

/** What the log holds, read by this process and not by the server. */
export function storedIn(data: string): Stored[] {
  const log = openSqliteLogReader(`${data}/log.sqlite`);
  const stored: Stored[] = [];
  for (let from = 1; ;) {
    const { entries, head } = read(from);
    for (const { item, bytes } of entries) {
      if (item.k !== "message") continue;
      const { id, text } = JSON.parse(Buffer.from(bytes).toString()) as Stored;
      stored.push({ id, text });
    }
    from = (entries.at(-1)?.seq ?? head.publicSeq) + 1;
    if (from > head.publicSeq) break;
  }
  log.close();
  return stored;

  function read(from: number): ReadResult {
    let result: ReadResult | null = null;
    const range = { audience: "public", from: seq(from), to: seq(Number.MAX_SAFE_INTEGER) } as const;
    const bounds = { newest: false, entriesMax: 500, bytesMax: 10_000_000, person: null };
    log.read(roomId("demo"), { ...range, ...bounds }, (outcome) => {
      if (!outcome.ok) throw outcome.failure;
      if (outcome.value !== "no-such-room") result = outcome.value;
    });
    if (result === null) throw new Error("The room is not in the log.");
    return result;
  }
}

/** Exempt from pace, since a test says more than a person. */
function tokenOf(name: string): Promise<string> {
  const rooms = { demo: { role: "participant", grants: ["read", "say", "replay"] } };
  return new SignJWT({ name, chorus: { rooms } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(name)
    .setExpirationTime("1h")
    .sign(Buffer.from(developmentKey));
}
