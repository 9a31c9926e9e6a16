import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { after } from "node:test";
import type { RoomId } from "@chorus/protocol/ids.ts";
import { systemClock } from "../../clock.ts";
import { createPublishers, type Publishers } from "../broadcast/publishers.ts";
import { type MediaStore, openMediaStore } from "../broadcast/store.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";

/** What encoders send, as arguments of a real one. Small, because two cores are shared. */
export const picture = "-f lavfi -i testsrc=s=160x90:r=25";
export const tone = "-f lavfi -i sine=r=48000";
export const h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25";
export const aac = "-c:a aac -b:a 64k";

export type Encoder = { readonly ended: Promise<{ readonly said: string }>; kill(): void };

/** What a test that failed has left running would keep its process from ending. */
const encoders = new Set<ChildProcess>();
const studios = new Set<Publishers>();
after(() => {
  for (const child of encoders) child.kill("SIGKILL");
  for (const publishers of studios) publishers.close();
});

/** A real encoder that sends in real time. */
export function anEncoder(args: string, format: "flv" | "mpegts", url: string): Encoder {
  const words = `-hide_banner -nostdin -loglevel error ${args.replaceAll("-f lavfi", "-re -f lavfi")} -f ${format} ${url}`;
  const child = spawn("ffmpeg", words.split(" "), { stdio: ["ignore", "ignore", "pipe"] });
  encoders.add(child);
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4_000)));
  return {
    ended: once(child, "close").then(() => ({ said })),
    kill: () => void child.kill("SIGKILL"),
  };
}

export type Studio = {
  readonly publishers: Publishers;
  readonly store: MediaStore;
  /** What each broadcast's sink was given. */
  readonly takes: Take[];
  readonly said: string[];
  /** Settles when it is so, and fails after eight seconds. */
  until(what: string, so: () => boolean): Promise<void>;
};
export type Take = {
  readonly room: RoomId;
  readonly broadcast: string;
  readonly begins: { readonly tracks: Tracks; readonly zero: number; readonly samples: Sample[] }[];
  ends: number;
};

/** An entrance for encoders that writes down what comes in. */
export function aStudio(): Studio {
  const takes: Take[] = [];
  const said: string[] = [];
  const store = openMediaStore(":memory:");
  const publishers = createPublishers({
    store,
    clock: systemClock,
    openSink: (room, broadcast) => aTake(takes, room, broadcast),
    finishSink() {},
    told() {},
    reached: (limit) => void said.push(limit),
    storeFailed: (sentence) => void said.push(sentence),
  });
  studios.add(publishers);
  return {
    publishers,
    store,
    takes,
    said,
    async until(what, so) {
      const deadline = Date.now() + 8_000;
      while (!so()) {
        if (Date.now() > deadline) throw new Error(`${what} did not happen; said: ${said.join(" | ")}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

function aTake(takes: Take[], room: RoomId, broadcast: string): SampleSink {
  const take: Take = { room, broadcast, begins: [], ends: 0 };
  takes.push(take);
  return {
    begin: (tracks, zero) => void take.begins.push({ tracks, zero, samples: [] }),
    drift() {},
    sample: (sample) => void take.begins.at(-1)?.samples.push(sample),
    end: () => void take.ends++,
  };
}

/** Samples of one track that arrived since the last beginning. */
export function samplesOf(take: Take | undefined, track: Sample["track"]): readonly Sample[] {
  return (take?.begins.at(-1)?.samples ?? []).filter((sample) => sample.track === track);
}

/** What every sink may rely on: decode times do not go back, and pictures begin with a key frame. */
export function isSound(samples: readonly Sample[]): boolean {
  return (
    samples[0]?.key === true &&
    samples.every((sample, at) => sample.pts >= sample.dts && sample.dts >= (samples[at - 1]?.dts ?? -1))
  );
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}
