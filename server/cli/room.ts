import { type RoomId, roomId, RoomIdSchema } from "@chorus/protocol/ids.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import { Compile } from "typebox/compile";
import { ProblemSchema } from "../api/problem.ts";
import { type Room, RoomSchema } from "../api/room-answers.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { changeFlags, readChange, settingsInWords } from "./room-change.ts";
import { type Ended, runCommand } from "./run-command.ts";

const flags = {
  ...changeFlags,
  "private-port": {
    kind: "value",
    hint: "N",
    about: "The private port of the Chorus on this machine. Default: $CHORUS_PRIVATE_PORT, else 8081.",
  },
  ...commonFlags,
} as const;

const usage: Usage<typeof flags> = {
  name: "room",
  about: [
    "Makes a room, or changes those settings of it that are named and no others, and shows how it is then. It asks the Chorus that runs on this machine, through its private port, and needs no token. What it says is durable.",
    "Elsewhere a token with the role host does the same: PUT /v1/rooms/NAME, see /v1/openapi.json.",
  ],
  operand: { name: "NAME", about: "The room: lower-case letters, digits, . _ or -, 64 at most." },
  flags,
  examples: [
    'chorus room finale --title "The finale" --guests',
    "chorus room finale --mode moderated --slow 5",
    "chorus room finale --emote wave=https://cdn.example/wave.webp --framed-by https://blog.example",
  ],
};

type Options = { port: number; room: RoomId; change: RoomSettingsPatch };

const privatePortUsual = 8_081;
const portMax = 65_535;
const answerWithinMs = 15_000;
const isRoomId = Compile(RoomIdSchema);
const isRoom = Compile(RoomSchema);
const isProblem = Compile(ProblemSchema);

export function room(args: readonly string[]): Promise<number> {
  return runCommand(usage, args, read, changeRoom);
}

function read(given: Arguments<typeof flags>): Options {
  const name = given.operand();
  if (name !== "" && !isRoomId.Check(name)) {
    given.problem(
      `NAME must be lower-case letters, digits, . _ or -, 64 at most, not ${JSON.stringify(name).slice(0, 80)}.`,
    );
  }
  return { room: roomId(name), change: readChange(given), port: readPort(given) };
}

function readPort(given: Arguments<typeof flags>): number {
  if (given.text("private-port") !== null) return given.integer("private-port", 1, portMax);
  const inEnv = process.env["CHORUS_PRIVATE_PORT"] ?? "";
  const port = inEnv === "" ? privatePortUsual : Number(inEnv);
  if (Number.isInteger(port) && port >= 1 && port <= portMax) return port;
  given.problem(
    `CHORUS_PRIVATE_PORT must be a whole number from 1 to ${portMax}, not ${JSON.stringify(inEnv)}.`,
  );
  return privatePortUsual;
}

export async function changeRoom({ port, room, change }: Options): Promise<Ended> {
  const answer = await put(`http://127.0.0.1:${port}/v1/rooms/${room}`, change);
  if (answer === null) {
    return {
      failure: `No Chorus answers at port ${port} of this machine: start one, or give its private port with --private-port.`,
    };
  }
  const { status, body } = answer;
  if (isRoom.Check(body)) return finished(body, status === 201);
  if (!isProblem.Check(body)) {
    return {
      failure: `What answers at port ${port} is not the private port of a Chorus: give it with --private-port.`,
    };
  }
  if (status === 401) {
    return {
      failure: `${port} is the public port of a Chorus: give the private one with --private-port, which is the next unless \`start\` was told otherwise.`,
    };
  }
  return { failure: `The room ${room} was not changed: ${body.detail}` };
}

/** Null when nobody answers in time. */
async function put(
  url: string,
  change: RoomSettingsPatch,
): Promise<{ status: number; body: unknown } | null> {
  try {
    const answer = await fetch(url, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(change),
      signal: AbortSignal.timeout(answerWithinMs),
      redirect: "error",
    });
    return { status: answer.status, body: parsed(await answer.text()) };
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function finished(room: Room, created: boolean): Ended {
  const happened = created ? "is made" : "is now";
  return {
    status: 0,
    result: { created, ...room },
    summary: [`The room ${room.room} ${happened}: ${settingsInWords(room.settings)}.`],
  };
}
