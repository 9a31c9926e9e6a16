import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  RtpHeader,
  RtpPacket,
  useFIR,
  useNACK,
  useOPUS,
  usePLI,
  useREMB,
} from "werift";
import { aFrame, payloadsOf } from "./pictures.fixture.ts";

/** Clients of another make than the engine: werift's own peer connection with its own RTP. */
const video = [
  new RTCRtpCodecParameters({
    mimeType: "video/H264",
    clockRate: 90_000,
    payloadType: 108,
    rtcpFeedback: [useNACK(), usePLI(), useFIR(), useREMB()],
    parameters: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
  }),
  new RTCRtpCodecParameters({
    mimeType: "video/rtx",
    clockRate: 90_000,
    payloadType: 109,
    parameters: "apt=108",
  }),
];
const config = {
  codecs: { video, audio: [useOPUS({ payloadType: 111 })] },
  iceAdditionalHostAddresses: ["127.0.0.1"],
  iceUseIpv6: false,
  iceServers: [],
  bundlePolicy: "max-bundle" as const,
};

/** Whoever answers an offer: an engine, with a road in between. */
export type Answerer = (offer: string) => Promise<string>;

export type TestPublisher = {
  readonly connection: RTCPeerConnection;
  /** Frames of 40 ms with two packets of sound each, in real time, the first with a key frame. @returns how many. */
  play(frames: number): Promise<number>;
  readonly keyFramesWanted: number;
  close(): Promise<void>;
};

export async function aPublisher(answer: Answerer): Promise<TestPublisher> {
  const connection = new RTCPeerConnection(config);
  const picture = new MediaStreamTrack({ kind: "video" });
  const sound = new MediaStreamTrack({ kind: "audio" });
  connection.addTransceiver(sound, { direction: "sendonly" });
  const { sender } = connection.addTransceiver(picture, { direction: "sendonly" });
  let wanted = 0;
  let key = true;
  sender.onPictureLossIndication.subscribe(() => {
    wanted += 1;
    key = true;
  });
  await connect(connection, answer);
  let sequence = 65_400;
  let soundSequence = 10;
  let shown = 0;

  function frame(): void {
    const payloads = payloadsOf(aFrame(key ? 0 : shown + 1, key ? 1 : 2 ** 30, 6_000));
    key = false;
    for (const [place, payload] of payloads.entries()) {
      write(picture, 108, sequence++, 3_600 * shown, place === payloads.length - 1, payload);
    }
    for (const half of [0, 1]) {
      write(
        sound,
        111,
        soundSequence++,
        960 * (2 * shown + half),
        false,
        Buffer.from([0x78, shown & 0xff, half]),
      );
    }
    shown += 1;
  }

  return {
    connection,
    async play(frames) {
      const began = Date.now();
      for (let count = 0; count < frames; count += 1) {
        frame();
        const next = began + (count + 1) * 40;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
      }
      return shown;
    },
    get keyFramesWanted() {
      return wanted;
    },
    close: () => connection.close(),
  };
}

function write(
  track: MediaStreamTrack,
  payloadType: number,
  number: number,
  timestamp: number,
  marker: boolean,
  payload: Buffer,
): void {
  const header = new RtpHeader({ payloadType, sequenceNumber: number & 0xffff, timestamp, marker });
  track.writeRtp(new RtpPacket(header, payload));
}

export type TestViewer = {
  readonly connection: RTCPeerConnection;
  readonly video: readonly RtpPacket[];
  readonly audio: readonly RtpPacket[];
  close(): Promise<void>;
};

export async function aViewer(answer: Answerer): Promise<TestViewer> {
  const connection = new RTCPeerConnection(config);
  const got: { video: RtpPacket[]; audio: RtpPacket[] } = { video: [], audio: [] };
  connection.onTrack.subscribe((track) => {
    track.onReceiveRtp.subscribe(
      (packet) => void got[track.kind === "video" ? "video" : "audio"].push(packet),
    );
  });
  connection.addTransceiver("audio", { direction: "recvonly" });
  connection.addTransceiver("video", { direction: "recvonly" });
  await connect(connection, answer);
  return { connection, ...got, close: () => connection.close() };
}

async function connect(connection: RTCPeerConnection, answer: Answerer): Promise<void> {
  const connected = connection.connectionStateChange.watch((state) => state === "connected", 5_000);
  await connection.setLocalDescription(await connection.createOffer());
  const sdp = await answer(connection.localDescription?.sdp ?? "");
  await connection.setRemoteDescription({ type: "answer", sdp });
  await connected;
}

/** A network between a client and the server that loses packets of media, by a seed. */
export type Road = {
  /** Leads the answer's candidates over the road. */
  through(answer: string): string;
  readonly dropped: number;
  close(): void;
};

/** @param lose whether a packet is lost, by the share and how many were before it. */
export async function aRoad(lose: (draw: number, index: number) => boolean): Promise<Road> {
  const outside = await bound();
  const inside = await bound();
  let seed = 42;
  let index = 0;
  let dropped = 0;
  let client = { address: "127.0.0.1", port: 0 };
  let server = 0;

  function lost(data: Buffer): boolean {
    const second = data[1] ?? 0;
    const media = (data[0] ?? 0) >> 6 === 2 && (second < 192 || second > 223);
    if (!media) return false;
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const drop = lose(seed / 2 ** 32, index++);
    if (drop) dropped += 1;
    return drop;
  }

  outside.on("message", (data, from) => {
    client = from;
    if (!lost(data)) inside.send(data, server, "127.0.0.1");
  });
  inside.on("message", (data) => {
    if (!lost(data)) outside.send(data, client.port, client.address);
  });
  return {
    through: (answer) =>
      answer.replaceAll(/(a=candidate:\S+ 1 udp \d+ \S+) (\d+) typ/g, (_line, head: string, port: string) => {
        server = Number(port);
        return `${head} ${outside.address().port} typ`;
      }),
    get dropped() {
      return dropped;
    },
    close() {
      outside.close();
      inside.close();
    },
  };
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}
