import { createRequire } from "node:module";
import { limits } from "@chorus/protocol/limits.ts";

/**
 * RTMP as far as an encoder needs it, by the protocol of node-media-server, of which nothing else runs: its servers listen
 * where they were not asked to, end the process when a port is taken, and give a stream to whoever asks for it.
 */
export type RtmpProtocol = {
  /** Takes in what came; null, or why the connection cannot go on. Nothing is thrown, whatever the bytes are. */
  push(bytes: Buffer): string | null;
  /** Says yes to the `publish` that was asked. From here on large messages are taken in. */
  accept(): void;
  refuse(sentence: string): void;
};

export type RtmpEvents = {
  output(bytes: Uint8Array): void;
  /** Somebody wants to send. `name` is the second field of encoders, with its query. */
  publish(app: string, name: string): void;
  /** A message with media, as the body of an FLV tag (Adobe Flash Video File Format 10.1, E.4). Its bytes are used again. */
  tag(type: "audio" | "video", timestampMs: number, body: Uint8Array): void;
};

/** What is used of node-media-server 4.4.3, src/protocol/rtmp.js. */
type Foreign = {
  parserData(bytes: Buffer): string | null;
  parserPacket: {
    header: { type: number; length: number; stream_id: number };
    payload: Buffer;
    clock: number;
  };
  inPackets: { size: number };
  inChunkSize: number;
  streamApp: unknown;
  streamId: number;
  packetAlloc(): void;
  dataHandler(): void;
  onPublish(message: { streamName?: unknown }): void;
  onPlay(message: object): void;
  onOutputCallback(bytes: Buffer): void;
  sendStatusMessage(stream: number, level: string, code: string, description: string): void;
};

const require = createRequire(import.meta.url);
const Foreign: new () => Foreign = require("node-media-server/src/protocol/rtmp.js");
/* It says on standard output what anybody sends it. */
const logger: { log(): void } = require("node-media-server/src/core/logger.js");
logger.log = () => {};

/** Kinds of messages (Adobe RTMP 1.0, 7.1). */
const media: ReadonlyMap<number, "audio" | "video"> = new Map([
  [8, "audio"],
  [9, "video"],
]);
const damaged = "What this encoder sends is not RTMP: check its address, and that it is set to RTMP.";

class Refusal extends Error {}

export function createRtmpProtocol(on: RtmpEvents): RtmpProtocol {
  const foreign = new Foreign();
  let accepted = false;
  foreign.onOutputCallback = (bytes) => on.output(bytes);
  foreign.onPublish = ({ streamName }) => {
    if (accepted || typeof streamName !== "string" || typeof foreign.streamApp !== "string")
      throw new Refusal(damaged);
    foreign.streamId = foreign.parserPacket.header.stream_id;
    on.publish(foreign.streamApp, streamName);
  };
  foreign.onPlay = () => {
    throw new Refusal("Nothing can be watched here: this port is for encoders.");
  };
  foreign.dataHandler = () => {
    const { header, payload, clock } = foreign.parserPacket;
    const type = media.get(header.type);
    if (accepted && type !== undefined) on.tag(type, clock, payload.subarray(0, header.length));
  };
  const alloc = foreign.packetAlloc.bind(foreign);
  /* A header of twelve bytes can ask for sixteen megabytes, for each of 65 536 chunk streams. */
  foreign.packetAlloc = () => {
    const { type, length } = foreign.parserPacket.header;
    const large = accepted && media.has(type);
    const most = large ? limits.mediaRtmpMessageBytesMax : limits.mediaRtmpMessageBytesBeforeKeyMax;
    if (length > most || foreign.inPackets.size > limits.mediaRtmpChunkStreamsMax) throw new Refusal(damaged);
    alloc();
  };

  function say(level: "status" | "error", code: string, sentence: string): void {
    foreign.sendStatusMessage(foreign.streamId, level, code, sentence);
  }

  return {
    push(bytes) {
      /* The foreign parser throws on what it does not expect; here is the one place where that is met. */
      try {
        const read = foreign.parserData(bytes) === null;
        return read && isChunkSize(foreign.inChunkSize) ? null : damaged;
      } catch (error) {
        return error instanceof Refusal ? error.message : damaged;
      }
    },
    accept() {
      accepted = true;
      say("status", "NetStream.Publish.Start", "On the air.");
    },
    refuse: (sentence) => say("error", "NetStream.Publish.BadName", sentence),
  };
}

/** Adobe RTMP 1.0, 5.4.1. With none at all the foreign parser would never read anything again. */
function isChunkSize(bytes: number): boolean {
  return bytes >= 1 && bytes <= 0x7fff_ffff;
}
