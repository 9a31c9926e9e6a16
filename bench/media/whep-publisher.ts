import { MediaStreamTrack, RtpHeader, RtpPacket } from "werift";
import { payloadsOf } from "@chorus/server/media/webrtc/pictures.fixture.ts";
import { codedFramesPerSecond, codedPicture } from "./coded-picture.ts";
import { openPeer, payloadTypes, type Signal } from "./whep-peer.ts";

/** Who goes live: a coded picture over and over, and silence for sound, its packets spread over the time as browsers do. */
export type Publisher = { readonly sent: Sent; stop(): Promise<void> };

/** By the low 16 bits of a video packet's number: what it was, and when it went out. */
export type Sent = { payloadOf(sequence: number): Buffer | null; atOf(sequence: number): number };

const pictureSeconds = 10;
const payloadBytes = 1_150;
const soundMs = 20;
const tickMs = 4;
/** Of the time between two frames, the part in which the packets of one go out. */
const spread = 0.9;
const frameMs = 1_000 / codedFramesPerSecond;

type Due = {
  readonly atMs: number;
  readonly frame: number;
  readonly marker: boolean;
  readonly payload: Buffer;
};

export async function publishCoded(signal: Signal, kilobits: number): Promise<Publisher> {
  const schedule = await scheduleOf(kilobits);
  const picture = new MediaStreamTrack({ kind: "video" });
  const sound = new MediaStreamTrack({ kind: "audio" });
  const peer = await openPeer(signal, [sound, picture]);
  const payloads: (Buffer | undefined)[] = Array.from({ length: 2 ** 16 });
  const times = new Float64Array(2 ** 16);
  const began = performance.now();
  let [round, at, sounds] = [0, 0, 0];
  let sequence = 60_000;

  function write(): void {
    const now = performance.now() - began;
    for (;;) {
      const due = schedule[at];
      if (due === undefined || round * pictureSeconds * 1_000 + due.atMs > now) break;
      const frame = round * pictureSeconds * codedFramesPerSecond + due.frame;
      payloads[sequence & 0xffff] = due.payload;
      times[sequence & 0xffff] = performance.now();
      writeTo(picture, { sequence, timestamp: (frame * 90_000) / codedFramesPerSecond, ...due });
      sequence += 1;
      at = (at + 1) % schedule.length;
      if (at === 0) round += 1;
    }
    for (; sounds * soundMs <= now; sounds += 1)
      writeTo(sound, { sequence: sounds, timestamp: sounds * 960, marker: false, payload: silence });
  }

  const timer = setInterval(write, tickMs);
  return {
    sent: {
      payloadOf: (number) => payloads[number] ?? null,
      atOf: (number) => times[number] ?? 0,
    },
    async stop() {
      clearInterval(timer);
      await peer.close();
    },
  };
}

async function scheduleOf(kilobits: number): Promise<readonly Due[]> {
  const frames = await codedPicture(pictureSeconds, kilobits);
  return frames.flatMap((frame, index) => {
    const payloads = payloadsOf(frame, payloadBytes);
    return payloads.map((payload, place) => ({
      atMs: frameMs * (index + (spread * place) / payloads.length),
      frame: index,
      marker: place === payloads.length - 1,
      payload,
    }));
  });
}

/** 20 ms of it, filled up to what speech takes (RFC 6716, 3.2.5). */
const fill = 100;
const silence = Buffer.concat([Buffer.from([0xfb, 0x41, fill, 0xff, 0xfe]), Buffer.alloc(fill)]);

function writeTo(
  track: MediaStreamTrack,
  of: { sequence: number; timestamp: number; marker: boolean; payload: Buffer },
): void {
  const payloadType = track.kind === "video" ? payloadTypes.video : payloadTypes.audio;
  const { marker, payload, sequence: sequenceNumber, timestamp } = of;
  const header = new RtpHeader({
    payloadType,
    sequenceNumber: sequenceNumber & 0xffff,
    timestamp: timestamp % 2 ** 32,
    marker,
  });
  track.writeRtp(new RtpPacket(header, payload));
}
