import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

const bytesPerSecond = 375_000;
const pieceBytes = 16 * 1024;
/** What a player has before it begins. */
const aheadBytes = 4 * bytesPerSecond;

/** A moving picture with a number in every frame, 1280 x 720 at 30 frames a second, made once by the system's ffmpeg. */
export type Video = { url: string; stop(): void };

export async function makeVideo(seconds: number): Promise<Video> {
  const folder = mkdtempSync(join(tmpdir(), "chorus-video-"));
  const file = join(folder, "picture.mp4");
  const words = `-loglevel error -f lavfi -i testsrc2=size=1280x720:rate=30 -t ${seconds} -c:v libx264 -preset ultrafast -pix_fmt yuv420p -b:v ${(bytesPerSecond * 8) / 1e6}M -g 60 -movflags +faststart`;
  const ffmpeg = spawn(process.env["FFMPEG"] ?? "ffmpeg", [...words.split(" "), file], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(ffmpeg, "exit");
  if (code !== 0) throw new Error(`ffmpeg ended with ${String(code)} and made no video.`);
  const server = createServer((request, response) => give(file, request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/picture.mp4`,
    stop() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** From where it is asked for to the end; the page is isolated, so that a file of another origin has to say it may be used. */
function give(file: string, { headers }: IncomingMessage, response: ServerResponse): void {
  const { size } = statSync(file);
  const asked = Number(/^bytes=(\d+)-/.exec(headers.range ?? "")?.[1] ?? 0);
  const start = Math.min(asked, size - 1);
  response.writeHead(206, {
    "content-type": "video/mp4",
    "content-length": size - start,
    "content-range": `bytes ${start}-${size - 1}/${size}`,
    "accept-ranges": "bytes",
    "cross-origin-resource-policy": "cross-origin",
  });
  Readable.from(paced(createReadStream(file, { start, highWaterMark: pieceBytes })))
    .on("error", () => response.destroy())
    .pipe(response);
}

/** As a broadcast comes: in small pieces, a little faster than it is played. In large ones taking it in is a long task itself. */
async function* paced(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const begun = performance.now();
  let bytes = 0;
  for await (const piece of file) {
    bytes += piece.length;
    const dueMs = ((bytes - aheadBytes) / (1.3 * bytesPerSecond)) * 1_000;
    await setTimeout(Math.max(0, begun + dueMs - performance.now()));
    yield piece;
  }
}
