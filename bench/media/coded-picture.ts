import { spawn } from "node:child_process";
import type { Frame } from "@chorus/server/media/webrtc/pictures.fixture.ts";

/** A moving picture as a camera's encoder makes it: H.264 of 1280 x 720 at 30 frames a second, a key frame every two seconds. */
export const codedFramesPerSecond = 30;

/** Types of units (ITU-T H.264, 7.4.1): a slice of a key frame, and what stands before each frame. */
const keySlice = 5;
const delimiter = 9;

/** Made once by the system's ffmpeg; noise in it keeps the rate where it is asked to be. */
export async function codedPicture(seconds: number, kilobits: number): Promise<readonly Frame[]> {
  const words =
    `-loglevel error -f lavfi -i testsrc2=size=1280x720:rate=${codedFramesPerSecond} -t ${seconds} -vf noise=alls=24:allf=t ` +
    `-c:v libx264 -preset ultrafast -tune zerolatency -profile:v baseline -pix_fmt yuv420p -b:v ${kilobits}k -maxrate ${kilobits}k ` +
    `-bufsize ${kilobits / 2}k -g ${2 * codedFramesPerSecond} -x264-params aud=1:sliced-threads=0 -f h264 pipe:1`;
  const ffmpeg = spawn(process.env["FFMPEG"] ?? "ffmpeg", words.split(" "), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pieces: Buffer[] = [];
  for await (const piece of ffmpeg.stdout) pieces.push(piece as Buffer);
  const frames = framesOf(Buffer.concat(pieces));
  if (frames.length === 0) throw new Error("ffmpeg made no picture.");
  return frames;
}

/** Each begins with a delimiter, which is not sent. */
function framesOf(stream: Buffer): readonly Frame[] {
  const frames: { key: boolean; nals: Buffer[] }[] = [];
  for (const nal of nalsOf(stream)) {
    const type = nal.readUInt8(0) & 0x1f;
    if (type === delimiter) frames.push({ key: false, nals: [] });
    const frame = frames.at(-1);
    if (frame === undefined || type === delimiter) continue;
    frame.nals.push(nal);
    if (type === keySlice) frame.key = true;
  }
  return frames;
}

/** What stands between start codes (ITU-T H.264, annex B). */
function nalsOf(stream: Buffer): readonly Buffer[] {
  const code = Buffer.from([0, 0, 1]);
  const nals: Buffer[] = [];
  let from = stream.indexOf(code);
  while (from >= 0) {
    const next = stream.indexOf(code, from + 3);
    let end = next < 0 ? stream.length : next;
    while (stream[end - 1] === 0) end -= 1;
    nals.push(stream.subarray(from + 3, end));
    from = next;
  }
  return nals;
}
