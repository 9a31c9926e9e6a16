import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { buildElements } from "@chorus/elements/build.ts";
import { roomBundle, playerBundle } from "@chorus/elements/bundles.ts";

/**
 * A media port whose picture is real and whose broadcast obeys the test: pieces of one second that were encoded before, listed
 * as the clock goes. Its page has the policy that a server's own pages have, with what pictures need.
 */
export type PictureSource = {
  readonly url: string;
  broadcast: { state: "off" | "live" | "interrupted" | "ended"; dvr: boolean; whep?: boolean };
  /** What requests for the picture are answered with instead of it; null where all is well. */
  trouble: number | null;
  /** What stands before the addresses of pictures, as signatures do. */
  prefix: string;
  /** The reports of viewers, as they came. */
  readonly reports: unknown[];
  readonly asked: string[];
  stop(): Promise<void>;
};

const seconds = 200;
/** How much of it is over when a test begins, so that one can go back. */
const aheadSeconds = 40;
const listed = 8;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: https:",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".mp4": "video/mp4",
  ".m4s": "video/iso.segment",
};

export async function openPictureSource(): Promise<PictureSource> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-picture-"));
  const built = join(folder, "built");
  await Promise.all([encode(folder), buildElements({ outdir: built, of: [playerBundle, roomBundle] })]);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The source has no port.");
  const began = Date.now() - aheadSeconds * 1_000;
  const source: PictureSource = {
    url: `http://127.0.0.1:${address.port}`,
    broadcast: { state: "live", dvr: true },
    trouble: null,
    prefix: "/a",
    reports: [],
    asked: [],
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      rmSync(folder, { recursive: true });
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://here");
    const name = pathname.split("/").at(-1) ?? "";
    source.asked.push(`${request.method} ${pathname}`);
    response.setHeader("content-type", types[extname(name)] ?? "text/html; charset=utf-8");
    response.setHeader("cache-control", "no-store");
    if (name === "broadcast") return end(response, JSON.stringify(said(source, began)));
    if (name === "media") return end(response, JSON.stringify({ url: source.url }));
    if (name === "telemetry") {
      source.reports.push(JSON.parse(await bodyOf(request)));
      return end(response, "", 204);
    }
    if (pathname.startsWith("/elements/")) return file(response, join(built, name));
    if (pathname.includes("/hls/")) {
      if (source.trouble !== null) return end(response, "", source.trouble);
      const list = playlist(name, began, source.broadcast.state === "ended");
      return list === null ? file(response, join(folder, name)) : end(response, list);
    }
    if (name === "page.css")
      return end(
        response,
        "body { margin: 0; background: #ffffff; color: #000000 } chorus-room { block-size: 100vh }",
      );
    response.setHeader("content-security-policy", policy);
    end(response, page);
  }

  return source;
}

const page = `<!doctype html><html lang="en"><title>A broadcast</title>
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <script type="module" src="/elements/chorus-room.js"></script>
  <link rel="stylesheet" href="/page.css" /><main><h1>A broadcast</h1></main>`;

function said({ prefix, broadcast: { state, dvr, whep } }: PictureSource, began: number): object {
  const on = state === "live" || state === "interrupted";
  return {
    room: "demo",
    state,
    since: state === "off" ? null : began,
    now: Date.now(),
    video: true,
    audio: true,
    paths: {
      whep: on && whep === true ? "/whep" : null,
      hls: on ? `${prefix}/hls/live.m3u8` : null,
      audio: on ? `${prefix}/hls/live.m3u8` : null,
      dvr: state === "off" || !dvr ? null : `${prefix}/hls/dvr.m3u8`,
    },
    lowLatency: false,
    partMs: 0,
    expires: Date.now() + 60_000,
    iceServers: [],
    poster: null,
  };
}

/** The pieces that are over by now: the last of them, or all. */
function playlist(name: string, began: number, complete: boolean): string | null {
  if (name !== "live.m3u8" && name !== "dvr.m3u8") return null;
  const over = Math.min(Math.floor((Date.now() - began) / 1_000), seconds);
  const first = name === "dvr.m3u8" ? 0 : Math.max(over - listed, 0);
  const pieces = Array.from({ length: over - first }, (_, index) => first + index).flatMap((piece) => [
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(began + piece * 1_000).toISOString()}`,
    "#EXTINF:1.0,",
    `piece${piece}.m4s`,
  ]);
  const head = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:1", `#EXT-X-MEDIA-SEQUENCE:${first}`];
  const kind = name === "dvr.m3u8" ? ["#EXT-X-PLAYLIST-TYPE:EVENT"] : [];
  const tail = complete ? ["#EXT-X-ENDLIST"] : [];
  return [...head, ...kind, '#EXT-X-MAP:URI="init.mp4"', ...pieces, ...tail, ""].join("\n");
}

/** Seconds that can be told apart, and a tone, as small as they get. */
async function encode(folder: string): Promise<void> {
  const inputs = [
    "-f",
    "lavfi",
    "-i",
    "testsrc=size=320x180:rate=10",
    "-f",
    "lavfi",
    "-i",
    "sine=440:sample_rate=48000",
  ];
  const video = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-g",
    "10",
    "-keyint_min",
    "10",
  ];
  const out = [
    "-f",
    "hls",
    "-hls_time",
    "1",
    "-hls_segment_type",
    "fmp4",
    "-hls_fmp4_init_filename",
    "init.mp4",
  ];
  const names = [
    "-hls_list_size",
    "0",
    "-hls_segment_filename",
    join(folder, "piece%d.m4s"),
    join(folder, "all.m3u8"),
  ];
  const all = [
    ...inputs,
    "-t",
    String(seconds),
    ...video,
    "-sc_threshold",
    "0",
    "-c:a",
    "aac",
    "-b:a",
    "32k",
    ...out,
    ...names,
  ];
  await promisify(execFile)("ffmpeg", ["-v", "error", "-threads", "1", ...all]);
  const made = readdirSync(folder).filter((name) => name.startsWith("piece")).length;
  if (made < seconds) throw new Error(`ffmpeg made ${made} pieces instead of ${seconds}.`);
}

function file(response: ServerResponse, path: string): void {
  try {
    end(response, readFileSync(path));
  } catch {
    end(response, "", 404);
  }
}

function end(response: ServerResponse, body: string | Uint8Array, status = 200): void {
  response.writeHead(status).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
