import { type ChildProcess, spawn } from "node:child_process";
import { createTestPicture } from "./test-picture.ts";

/** An encoder such as people use, with a picture that says when it was made. */
export type TestEncoder = {
  readonly process: ChildProcess;
  /** What ffmpeg said last, for whoever wants to know why it ended. */
  readonly said: () => string;
  stop(): void;
};

export type TestEncoderOptions = {
  ffmpeg: string;
  /** As ffmpeg takes it: `rtmp://…`, `srt://…` or a file. */
  url: string;
  format: "flv" | "mpegts" | "mp4";
  width?: number;
  height?: number;
  framesPerSecond?: number;
  kilobits?: number;
  keyFrameSeconds?: number;
  bFrames?: number;
  audio?: boolean;
  /** Whether the frame of this moment is a flash. */
  flash?(atMs: number): boolean;
};

const saidCharsMax = 2_000;
/** A frame that an encoder is too slow for is left out: the picture stays of now. */
const waitingFramesMax = 3;

/** Ends by itself when ffmpeg does. */
export function startTestEncoder(options: TestEncoderOptions): TestEncoder {
  const { width = 640, height = 360, framesPerSecond = 25, flash = () => false } = options;
  const picture = createTestPicture(width, height);
  const child = spawn(options.ffmpeg, wordsOf(options), { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-saidCharsMax);
  });
  /* It closes its end before it says that it has ended. */
  child.stdin.on("error", () => {});
  const frameMs = 1_000 / framesPerSecond;
  const began = performance.now();
  let drawn = 0;
  let timer = setTimeout(draw, 0);
  child.once("exit", () => clearTimeout(timer));

  /** As many as are due, so that picture and sound have one time; those that were late show the same moment. */
  function draw(): void {
    const atMs = Date.now();
    const frame = picture.draw(atMs, { flash: flash(atMs) });
    for (const due = (performance.now() - began) / frameMs; drawn <= due; drawn += 1)
      if (child.stdin.writableLength < waitingFramesMax * frame.length) child.stdin.write(frame);
    timer = setTimeout(draw, Math.max(0, drawn * frameMs - (performance.now() - began)));
  }

  return {
    process: child,
    said: () => said,
    stop() {
      clearTimeout(timer);
      /* It reads the end of its picture, and waits for no other. */
      child.stdin.end();
      child.kill("SIGTERM");
    },
  };
}

function wordsOf(options: TestEncoderOptions): string[] {
  const { width = 640, height = 360, framesPerSecond = 25, kilobits = 800, keyFrameSeconds = 1 } = options;
  const { bFrames = 0, audio = true, format, url } = options;
  const video = `-f rawvideo -pix_fmt yuv420p -s ${width}x${height} -r ${framesPerSecond} -i pipe:0`;
  const sound = "-f lavfi -re -i sine=frequency=220:beep_factor=4:sample_rate=48000";
  const coded =
    `-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -bf ${bFrames} -b:v ${kilobits}k ` +
    `-maxrate ${kilobits}k -bufsize ${Math.ceil(kilobits / 2)}k -g ${Math.round(keyFrameSeconds * framesPerSecond)} ` +
    `-keyint_min ${Math.round(keyFrameSeconds * framesPerSecond)} -sc_threshold 0`;
  const inputs = audio ? `${video} ${sound}` : video;
  const sounds = audio ? "-c:a aac -b:a 96k -ac 2" : "-an";
  return [
    ..."-hide_banner -loglevel warning -nostats".split(" "),
    ...inputs.split(" "),
    ...coded.split(" "),
    ...sounds.split(" "),
    "-f",
    format,
    url,
  ];
}
