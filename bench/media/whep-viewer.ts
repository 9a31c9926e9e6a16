import { RtpPacket, type RTCDtlsTransport } from "werift";
import { limits } from "@chorus/protocol/limits.ts";
import { createMissing } from "@chorus/server/media/webrtc/missing.ts";
import { createReceiveCount } from "@chorus/server/media/webrtc/receive-count.ts";
import { writeNack, writeReceiverReport } from "@chorus/server/media/webrtc/rtcp.ts";
import { createUnwrapper } from "@chorus/server/media/webrtc/sequence.ts";
import { openPeer, payloadTypes, type Signal } from "./whep-peer.ts";
import type { Sent } from "./whep-publisher.ts";

/** One who watches by WHEP, and works little: what comes is counted by its header, which SRTP leaves readable, and asked for again where it lacks. */
export type Viewer = {
  readonly counted: Counted;
  /** Since now. */
  begin(): void;
  /** Asks again for what lacks. */
  ask(now: number): void;
  /** Says how much came (RFC 3550, 6.4.2). */
  report(): void;
};
export type Counted = {
  packets: number;
  octets: number;
  /** Asked for again and not come, or not asked for any more. */
  lost: number;
  resent: number;
  /** Of packets that were decrypted. */
  decrypted: number;
  wrong: number;
};

export type ViewerOptions = {
  readonly signal: Signal;
  readonly sent: Sent;
  /** Whether all is decrypted, and compared with what was sent. */
  readonly decrypts: boolean;
  delayed(ms: number): void;
};

const roundTripMs = 30;
const rates = { [payloadTypes.video]: 90_000, [payloadTypes.audio]: 48_000 } as const;
const name = "bench";

export async function openViewer({ signal, sent, decrypts, delayed }: ViewerOptions): Promise<Viewer> {
  const peer = await openPeer(signal);
  const [dtls] = peer.dtlsTransports;
  if (dtls === undefined) throw new Error("The peer has no transport.");
  const video = aTrack(rates[payloadTypes.video]);
  const audio = aTrack(rates[payloadTypes.audio]);
  const counted: Counted = { packets: 0, octets: 0, lost: 0, resent: 0, decrypted: 0, wrong: 0 };
  let lostBefore = 0;
  tap(dtls, take);

  /** @returns whether it was a packet of media; all others are the handshake's, and its owner's. */
  function take(data: Buffer): boolean {
    const second = data[1] ?? 0;
    if ((data[0] ?? 0) >> 6 !== 2 || (second >= 192 && second <= 223)) return false;
    const now = performance.now();
    const type = second & 0x7f;
    counted.packets += 1;
    counted.octets += data.length;
    if (type === payloadTypes.video) {
      const sequence = data.readUInt16BE(2);
      delayed(now - sent.atOf(sequence));
      video.arrived(data, now);
      if (decrypts) compare(data, sequence);
    } else if (type === payloadTypes.audio) audio.arrived(data, now);
    else if (type === payloadTypes.resent) takeResent(data, now);
    return true;
  }

  function compare(data: Buffer, sequence: number): void {
    const payload = decrypted(data);
    counted.decrypted += 1;
    if (payload === null || sent.payloadOf(sequence)?.equals(payload) !== true) counted.wrong += 1;
  }

  /** Which one it is stands where only who decrypts it reads it (RFC 4588, 4). */
  function takeResent(data: Buffer, now: number): void {
    const payload = decrypted(data);
    counted.resent += 1;
    if (payload !== null && payload.length > 2) video.came(payload.readUInt16BE(0), now);
  }

  function decrypted(data: Buffer): Buffer | null {
    try {
      return RtpPacket.deSerialize(dtls?.srtp.decrypt(data) ?? data).payload;
    } catch {
      return null;
    }
  }

  function send(...packets: readonly Buffer[]): void {
    if (dtls === undefined) return;
    void dtls.iceTransport.connection.send(dtls.srtcp.encrypt(Buffer.concat(packets))).catch(() => {});
  }

  return {
    get counted() {
      return { ...counted, lost: video.lost + audio.lost - lostBefore };
    },
    begin() {
      Object.assign(counted, { packets: 0, octets: 0, resent: 0, decrypted: 0, wrong: 0 });
      lostBefore = video.lost + audio.lost;
    },
    ask(now) {
      for (const track of [video, audio]) {
        const due = track.missing.due(now, roundTripMs);
        if (due.length > 0)
          send(
            writeNack(
              1,
              track.ssrc,
              due.map((sequence) => sequence & 0xffff),
            ),
          );
      }
    },
    report() {
      const blocks = [video, audio].flatMap(({ count, ssrc }) => {
        const report = count.report();
        return report === null ? [] : [{ ...report, ssrc, lastReport: 0, delay: 0 }];
      });
      send(writeReceiverReport(1, blocks, name));
    },
  };
}

function aTrack(rate: number) {
  const missing = createMissing({
    holesMax: limits.mediaHolesMax,
    requestMax: limits.mediaNackPackets,
    giveUpMs: limits.mediaGiveUpMs,
  });
  const count = createReceiveCount(rate);
  const sequences = createUnwrapper(16);
  let ssrc = 0;
  return {
    missing,
    count,
    get ssrc() {
      return ssrc;
    },
    get lost() {
      return missing.lost;
    },
    arrived(data: Buffer, now: number): void {
      ssrc = data.readUInt32BE(8);
      const sequence = sequences.unwrap(data.readUInt16BE(2));
      if (missing.arrived(sequence, now)) count.arrived(sequence, data.readUInt32BE(4), now);
    },
    came(low: number, now: number): void {
      missing.arrived(sequences.unwrap(low), now);
    },
  };
}

/** Before werift, which takes apart and decrypts whatever comes. */
function tap(dtls: RTCDtlsTransport, take: (data: Buffer) => boolean): void {
  const pair = dtls.iceTransport.connection.nominated;
  const protocol = pair?.protocol;
  if (protocol === undefined || !("transport" in protocol)) throw new Error("The peer has no socket.");
  const { transport } = protocol as {
    transport: { onData(data: Buffer, from: readonly [string, number]): void };
  };
  const rest = transport.onData;
  transport.onData = (data, from) => {
    if (!take(data)) rest(data, from);
  };
}
