import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { type IncomingHttpHeaders, request } from "node:http";
import { setTimeout } from "node:timers/promises";
import { freePort } from "../../bench/processes.ts";
import { type RunningServer, startServer } from "../faults/running-server.ts";
import { asHost, streamKey } from "./stream-key.ts";

/** A server with pictures and small ranges of ports of its own, and real encoders. */
export type LiveServer = AsyncDisposable & {
  readonly server: RunningServer;
  readonly rtmpPort: number;
  /** Makes a room. @returns its stream key. */
  aRoom(room: string): Promise<string>;
  /** A real encoder, in real time. */
  encode(url: string): ChildProcess;
  /** Where encoders of a room go by RTMP. */
  rtmpUrl(room: string, key: string): string;
  broadcast(room: string): Promise<Broadcast>;
  ingest(room: string): Promise<Ingest>;
  /** A request to the port of pictures. @param from one of this machine's own addresses, each of which has budgets of its own. */
  ask(method: string, path: string, options?: Asked): Promise<Answer>;
};

export type Broadcast = { state: string; paths: { hls: string | null; whep: string | null } };
export type Ingest = { said: string | null; srt: { url: string } | null };
export type Asked = { headers?: Record<string, string>; body?: string | Buffer; from?: string };
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

const withinMs = 20_000;
const picture = "-re -f lavfi -i testsrc=s=160x90:r=15 -re -f lavfi -i sine=r=48000";
const codecs = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 15 -c:a aac -b:a 64k";

/** @param udpPorts how many WebRTC has. */
export async function startLiveServer(udpPorts: number): Promise<LiveServer> {
  const rtmpPort = await freePort();
  /* Above those of `freePort`, below those that the system gives to connections. */
  const first = 32_100 + (process.pid % 6) * 100;
  const srtPorts = `${first + udpPorts}-${first + udpPorts + 9}`;
  const ports = ["--srt-ports", srtPorts, "--udp-ports", `${first}-${first + udpPorts - 1}`];
  const args = ["--rtmp-port", `${rtmpPort}`, ...ports, "--log-level", "silent", "--part-ms", "200"];
  const server = await startServer({ pictures: true, args });
  const encoders = new Set<ChildProcess>();
  const at = `http://127.0.0.1:${server.port + 2}/v1/rooms`;

  return {
    server,
    rtmpPort,
    async aRoom(room) {
      const made = await fetch(`http://127.0.0.1:${server.port + 1}/v1/rooms/${room}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ guests: true }),
      });
      assert.ok(made.ok, await made.text());
      return streamKey(server.port, room);
    },
    encode(url) {
      const format = url.startsWith("rtmp:") ? "flv" : "mpegts";
      const words = `-nostdin -v error ${picture} ${codecs} -f ${format} ${url}`.split(" ");
      const encoder = spawn("ffmpeg", words, { stdio: "ignore" });
      encoders.add(encoder);
      return encoder;
    },
    rtmpUrl: (room, key) => `rtmp://127.0.0.1:${rtmpPort}/live/${room}?key=${key}`,
    broadcast: async (room) => (await (await fetch(`${at}/${room}/broadcast`)).json()) as Broadcast,
    async ingest(room) {
      return (await (await fetch(`${at}/${room}/ingest`, { headers: await asHost(room) })).json()) as Ingest;
    },
    ask: (method, path, options = {}) => ask(server.port + 2, method, path, options),
    async [Symbol.asyncDispose]() {
      for (const encoder of encoders) encoder.kill("SIGKILL");
      await server[Symbol.asyncDispose]();
    },
  };
}

/** As it stands, without the tidying up of `fetch`. */
export function ask(
  port: number,
  method: string,
  path: string,
  { headers = {}, body = "", from = "127.0.0.1" }: Asked,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, localAddress: from };
    const asked = request({ ...options, timeout: withinMs }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (some: string) => (text += some));
      response.once("error", reject).once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    asked.once("timeout", () => asked.destroy(new Error(`${method} ${path} is not answered.`)));
    asked.once("error", reject).end(body);
  });
}

/** Looks until it is what is waited for; a machine may be slow. */
export async function eventually<T>(
  about: string,
  look: () => Promise<T | null> | T | null,
  ms = withinMs,
): Promise<T> {
  for (const until = Date.now() + ms; Date.now() < until; await setTimeout(250)) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new Error(`It did not come about: ${about}.`);
}
