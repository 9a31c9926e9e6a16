import type { Socket } from "node:net";
import { Compile } from "typebox/compile";
import { type RoomId, roomId, RoomIdSchema } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import { addressKey } from "../../identity/client-address.ts";
import type { Admission, Publishers } from "../broadcast/publishers.ts";
import { createArrival } from "./arrival.ts";
import { createFlvReader, type FlvReader } from "./flv.ts";
import { createRtmpProtocol } from "./rtmp-protocol.ts";

export type SessionEvents = {
  readonly publishers: Pick<Publishers, "admit">;
  /** For the host of a room whose encoder was let in: what is the matter with it. */
  said(room: RoomId, sentence: string): void;
  /** For the operator: somebody was not let in. */
  refused(address: string, sentence: string): void;
};

/** What lies between capture and arrival by RTMP at the least: encoding and one way through the network. */
const leastDelayMs = 100;
/** An encoder reads why it is refused before the connection is gone. */
const farewellMs = 500;
const checkRoom = Compile(RoomIdSchema);
const malformed = "The stream key is incomplete: copy all of it from the room's settings, ROOM?key=KEY.";

type OnAir = {
  readonly room: RoomId;
  readonly admission: Admission & { ok: true };
  readonly reader: FlvReader;
  readonly end: () => void;
};

/** One connection of an encoder, from its first byte to its end. @param settled called when it has been let in or has ended. */
export function runRtmpSession(
  socket: Socket,
  clock: Clock,
  events: SessionEvents,
  settled: () => void,
): void {
  const address = addressKey(socket.remoteAddress ?? "");
  let onAir: OnAir | null = null;
  let over = false;
  let bytesBefore = 0;
  const tooLate = clock.after(limits.mediaRtmpWithinMs, () => socket.destroy());
  const protocol = createRtmpProtocol({ output, publish, tag: (...those) => onAir?.reader.tag(...those) });

  function output(bytes: Uint8Array): void {
    if (socket.writableLength > limits.mediaRtmpOutBytesMax) return void socket.destroy();
    socket.write(bytes);
  }

  function publish(_app: string, name: string): void {
    const asked = askedFor(name);
    if (asked === null) return leave(malformed);
    const admission = events.publishers.admit({
      ...asked,
      kind: "rtmp",
      address,
      dismiss: (sentence) => {
        events.said(asked.room, sentence);
        leave(sentence);
      },
    });
    if (!admission.ok) return leave(admission.sentence);
    const { room } = asked;
    const arrival = createArrival(admission.sink, clock, leastDelayMs);
    const reader = createFlvReader({
      tracks: arrival.tracks,
      sample: arrival.sample,
      problem(sentence) {
        events.said(room, sentence);
        leave(sentence);
      },
    });
    onAir = { room, admission, reader, end: () => arrival.end() };
    tooLate();
    settled();
    socket.setTimeout(limits.mediaRtmpSilentMs, () => {
      events.said(room, "Nothing comes from the encoder any more: check its connection.");
      socket.destroy();
    });
    protocol.accept();
  }

  function leave(sentence: string): void {
    if (over) return;
    over = true;
    if (onAir === null) events.refused(address, sentence);
    protocol.refuse(sentence);
    socket.end();
    clock.after(farewellMs, () => socket.destroy());
  }

  socket.on("data", (bytes) => {
    if (over || typeof bytes === "string") return;
    if (onAir === null) {
      bytesBefore += bytes.byteLength;
      if (bytesBefore > limits.mediaRtmpBytesBeforeKeyMax) return void socket.destroy();
    }
    const problem = protocol.push(bytes);
    if (problem === null || over) return;
    over = true;
    if (onAir === null) events.refused(address, problem);
    else events.said(onAir.room, problem);
    socket.destroy();
  });
  /* What breaks a connection is followed by its close. */
  socket.on("error", () => {});
  socket.once("close", () => {
    over = true;
    tooLate();
    settled();
    const ended = onAir;
    onAir = null;
    if (ended === null) return;
    ended.reader.end();
    ended.end();
    ended.admission.ended();
  });
}

/** The second field of an encoder: `ROOM?key=KEY`. */
function askedFor(name: string): { readonly room: RoomId; readonly key: string } | null {
  const [room = "", query = ""] = name.split("?", 2);
  const key = new URLSearchParams(query).get("key");
  return checkRoom.Check(room) && key !== null && key !== "" ? { room: roomId(room), key } : null;
}
