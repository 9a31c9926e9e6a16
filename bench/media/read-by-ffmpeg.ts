import { spawn } from "node:child_process";

/** What a program said, and how it ended. */
export type Said = { readonly code: number | null; readonly out: string; readonly complaints: string };

const saidCharsMax = 64 * 1024;

/** Plays an address as it comes, decoding everything. Complains of nothing that is in order. */
export function playByFfmpeg(url: string, seconds: number): Promise<Said> {
  return run(process.env["FFMPEG"] ?? "ffmpeg", [
    ..."-nostdin -v error -i".split(" "),
    url,
    ..."-t".split(" "),
    String(seconds),
    ..."-f null -".split(" "),
  ]);
}

/** Which tracks are in an address or a file, and for how long it lasts. */
export function probe(address: string): Promise<Said> {
  const words = "-v error -show_entries stream=codec_name:format=duration -of default=noprint_wrappers=1";
  return run("ffprobe", [...words.split(" "), address]);
}

function run(program: string, words: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    const said = { out: "", complaints: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.out = (said.out + text).slice(-saidCharsMax);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.complaints = (said.complaints + text).slice(-saidCharsMax);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
  });
}
