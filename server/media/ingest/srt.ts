import { limits } from "@chorus/protocol/limits.ts";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Clock } from "../../clock.ts";
import { newPassphrase } from "../broadcast/keys.ts";
import type { Publishers } from "../broadcast/publishers.ts";
import type { MediaStore, SrtAddress } from "../broadcast/store.ts";
import type { Ffmpeg, FfmpegRun } from "./ffmpeg.ts";
import { listenerArgs } from "./srt-arguments.ts";
import { runSrtConnection, type SrtOutcome } from "./srt-connection.ts";

export type SrtOptions = {
  readonly ffmpeg: Ffmpeg;
  /** What encoders are listened for on: `0.0.0.0` for all that the machine has. */
  readonly host: string;
  /** UDP ports, of which each room with an address has one: at most 200. */
  readonly ports: { readonly first: number; readonly last: number };
  readonly clock: Clock;
  readonly store: Pick<MediaStore, "srtAddresses" | "setSrtAddress">;
  readonly publishers: Pick<Publishers, "admit">;
  /** For the host of the room: what is the matter with its encoder, or with its address. */
  said(room: RoomId, sentence: string): void;
};

/** The addresses of rooms at which encoders come in by SRT. Each is listened at from when it was handed out, over restarts. */
export type Srt = {
  addressOf(room: RoomId): SrtAddress | null;
  /** An address with a new passphrase, in place of the one that the room had: who sends to that one is cut off. */
  handOut(room: RoomId): SrtAddress | { readonly obstacle: string };
  takeBack(room: RoomId): void;
  close(): void;
};

/** Whoever guesses passphrases does not fill the host's page. */
const sayAgainMs = 60_000;

export function openSrt(options: SrtOptions): Srt {
  const { store } = options;
  const rooms = new Map<RoomId, { readonly address: SrtAddress; readonly close: () => void }>();
  const lastPort = Math.min(options.ports.last, options.ports.first + limits.mediaSrtPortsMax - 1);
  for (const address of store.srtAddresses()) open(address);

  function open(address: SrtAddress): void {
    rooms.set(address.room, { address, close: listen(options, address) });
  }

  function freePort(): number | null {
    const taken = new Set([...rooms.values()].map(({ address }) => address.port));
    for (let port = options.ports.first; port <= lastPort; port++) if (!taken.has(port)) return port;
    return null;
  }

  return {
    addressOf: (room) => rooms.get(room)?.address ?? null,
    handOut(room) {
      const known = rooms.get(room);
      const port = known?.address.port ?? freePort();
      if (port === null)
        return {
          obstacle: `All ${rooms.size} SRT ports are taken: take an address back from another room, or give the server more ports.`,
        };
      const address = { room, port, passphrase: newPassphrase() };
      store.setSrtAddress(room, address);
      known?.close();
      open(address);
      return address;
    },
    takeBack(room) {
      store.setSrtAddress(room, null);
      rooms.get(room)?.close();
      rooms.delete(room);
    },
    close() {
      for (const { close } of rooms.values()) close();
      rooms.clear();
    },
  };
}

/** What is pasted into an encoder; OBS takes it as its server. */
export function srtUrl(host: string, { port, passphrase }: SrtAddress): string {
  const latency = limits.mediaSrtLatencyMs * 1_000;
  return `srt://${host}:${port}?mode=caller&passphrase=${passphrase}&pbkeylen=16&latency=${latency}`;
}

/** Waits at an address for its encoder, and again whenever it has gone, until it is closed. */
function listen(options: SrtOptions, address: SrtAddress): () => void {
  const { ffmpeg, host, clock, publishers } = options;
  const { room } = address;
  let failures = 0;
  /** Sound that is not AAC is made so, from the connection on that follows the one where it was heard. */
  let transcode = false;
  let said: { readonly sentence: string; readonly at: number } | null = null;
  let callOff: (() => void) | null = null;
  let run: FfmpegRun | null = arm();
  let closed = false;

  function arm(): FfmpegRun {
    const args = listenerArgs(host, address, transcode);
    return runSrtConnection({ ffmpeg, args, transcode, room, clock, publishers, say, ended });
  }

  function ended({ proven, wrongSound, obstacle }: SrtOutcome): void {
    run = null;
    if (closed) return;
    /* The first time, the one before may not have let go of the port yet. */
    if (obstacle !== null && failures > 0)
      say(
        `Nobody can send to UDP port ${address.port} by SRT (${obstacle}): end the program that holds it, or give the server other ports with --srt-ports.`,
      );
    transcode ||= wrongSound;
    failures = proven || wrongSound ? 0 : failures + 1;
    callOff = clock.after(pauseMs(failures), () => (run = arm()));
  }

  function say(sentence: string): void {
    const now = clock.now();
    if (said?.sentence === sentence && now - said.at < sayAgainMs) return;
    said = { sentence, at: now };
    options.said(room, sentence);
  }

  return () => {
    closed = true;
    callOff?.();
    run?.stop();
  };
}

function pauseMs(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(limits.mediaFfmpegPauseMsMax, limits.mediaFfmpegPauseMsMin * 2 ** (failures - 1));
}
