import type { RoomId } from "@chorus/protocol/ids.ts";
import type { LimitName } from "@chorus/protocol/limits.ts";
import type { Clock } from "../../clock.ts";
import type { MediaConfig } from "../../media-config.ts";
import type { Publishers } from "../broadcast/publishers.ts";
import type { MediaStore } from "../broadcast/store.ts";
import type { Ffmpeg } from "./ffmpeg.ts";
import { openRtmp, type Rtmp } from "./rtmp.ts";
import { openSrt, type Srt, srtUrl } from "./srt.ts";

/** The ports beside HTTP that encoders come in by. What cannot be opened is said, and the rest goes on without it. */
export type EncoderPorts = {
  /** Null: not by this. `key`: the stream key where it was made just now. */
  addresses(
    room: RoomId,
    host: string,
    key: string | null,
  ): {
    rtmp: { server: string; key: string | null } | null;
    srt: { url: string; passphrase: string } | null;
  };
  close(): Promise<void>;
};

export type EncoderPortsOptions = {
  /** Null: without it encoders do not come by SRT. */
  readonly ffmpeg: Ffmpeg | null;
  readonly clock: Clock;
  readonly store: MediaStore;
  readonly publishers: Publishers;
  /** Of a room, or of all. */
  said(room: RoomId | null, sentence: string): void;
  reached(limit: LimitName): void;
};

export async function openEncoderPorts(
  host: string,
  media: MediaConfig,
  options: EncoderPortsOptions,
): Promise<EncoderPorts> {
  const { clock, ffmpeg, publishers, said, store } = options;
  const rtmp = media.rtmpPort === null ? null : await openRtmpPort(host, media.rtmpPort, options);
  const ports = media.srtPorts;
  const srt =
    ffmpeg === null || ports === null
      ? null
      : openSrt({
          ffmpeg,
          host,
          ports: { first: ports.from, last: ports.to },
          clock,
          store,
          publishers,
          said,
        });

  return {
    addresses: (room, to, key) => ({
      rtmp:
        rtmp === null
          ? null
          : { server: `rtmp://${to}:${rtmp.port}/live`, key: key === null ? null : `${room}?key=${key}` },
      srt: srtAddress(srt, room, to),
    }),
    async close() {
      srt?.close();
      await rtmp?.close();
    },
  };
}

async function openRtmpPort(host: string, port: number, options: EncoderPortsOptions): Promise<Rtmp | null> {
  const { clock, publishers, said, reached } = options;
  const opened = await openRtmp({
    host,
    port,
    clock,
    publishers,
    said,
    refused: (address, sentence) => said(null, `An encoder at ${address} was not let in: ${sentence}`),
    reached,
  });
  if (!("obstacle" in opened)) return opened;
  said(null, `${opened.obstacle}. Encoders cannot come by RTMP: choose another --rtmp-port.`);
  return null;
}

/** A room gets its address when its host first looks for it. */
function srtAddress(srt: Srt | null, room: RoomId, host: string): { url: string; passphrase: string } | null {
  if (srt === null) return null;
  const address = srt.addressOf(room) ?? srt.handOut(room);
  if ("obstacle" in address) return null;
  return { url: srtUrl(host, address), passphrase: address.passphrase };
}
