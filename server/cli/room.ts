import { type RoomId, roomId, RoomIdSchema } from "@chorus/protocol/ids.ts";
import type { RoomSettingsPatch } from "@chorus/protocol/room-settings.ts";
import { Compile } from "typebox/compile";
import { type Room, RoomSchema } from "../api/room-answers.ts";
import { type Arguments, commonFlags, type Usage } from "./arguments.ts";
import { askPrivately, failureIn, privatePortFlag, readPrivatePort } from "./private-port.ts";
import { changeFlags, readChange, settingsInWords } from "./room-change.ts";
import { type Ended, runCommand } from "./run-command.ts";

const flags = {
  ...changeFlags,
  ...privatePortFlag,
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

const isRoomId = Compile(RoomIdSchema);
const isRoom = Compile(RoomSchema);

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
  return { room: roomId(name), change: readChange(given), port: readPrivatePort(given) };
}

export async function changeRoom({ port, room, change }: Options): Promise<Ended> {
  const answer = await askPrivately("PUT", port, `/v1/rooms/${room}`, change);
  if ("failure" in answer) return answer;
  const { status, body } = answer;
  if (isRoom.Check(body)) return finished(body, status === 201);
  return { failure: failureIn(answer, `The room ${room} was not changed`) };
}

function finished(room: Room, created: boolean): Ended {
  const happened = created ? "is made" : "is now";
  return {
    status: 0,
    result: { created, ...room },
    summary: [`The room ${room.room} ${happened}: ${settingsInWords(room.settings)}.`],
  };
}
