import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join as joined } from "node:path";
import { test } from "node:test";
import { startTestEncoder, type TestEncoder } from "@chorus/server/cli/test-encoder.ts";
import { freePort } from "../../bench/processes.ts";
import { streamKey } from "../media/stream-key.ts";
import { join } from "./people.ts";
import { pause, type RunningServer, startServer, until } from "./running-server.ts";

const backWithinMs = 10_000;

test("V5.20 kill -9 of the media process: the encoder comes back into the same broadcast within seconds, its recording plays, and nobody in the chat is disturbed", async () => {
  const rtmp = await freePort();
  await using server = await startServer({
    pictures: true,
    args: ["--rtmp-port", String(rtmp), "--srt-ports", "0", "--log-level", "silent"],
  });
  using ada = join(server.port, "ada");
  await until(
    () => ada.room.state === "live",
    10_000,
    () => server.said,
  );
  const key = await streamKey(server.port);
  using encoder = persistentEncoder(`rtmp://127.0.0.1:${rtmp}/live/demo?key=${key}`);
  await until(
    async () => (await segments(server)).length >= 3,
    20_000,
    () => encoder.said(),
  );
  const [killed = 0] = server.pids("media");
  process.kill(killed, "SIGKILL");
  const killedAt = performance.now();
  const before = await ada.room.say("still here").done;
  assert.equal(before.status, "confirmed");
  let count = 0;
  await until(
    async () => {
      const those = await segments(server);
      count = those.length;
      return (
        those.some((line) => line === "#EXT-X-DISCONTINUITY") && (await broadcast(server)).state === "live"
      );
    },
    backWithinMs,
    () => `${count} lines; ${encoder.said()}`,
  );
  assert.ok(performance.now() - killedAt < backWithinMs);
  assert.equal(ada.room.state, "live");
  assert.deepEqual(ada.awayMs, []);

  const playlist = (await broadcast(server)).paths.dvr ?? "";
  assert.match(decoded(playlist), /^$/);
  const [id = ""] = readdirSync(joined(server.data, "recordings", "demo"));
  const folder = joined(server.data, "recordings", "demo", id);
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".mp4")))
    assert.ok(durationOf(joined(folder, name)) > 0.5, name);
});

/** As encoders in studios are: it comes back by itself. */
function persistentEncoder(url: string): Disposable & { said(): string } {
  let current: TestEncoder | null = null;
  let over = false;
  start();
  function start(): void {
    if (over) return;
    current = startTestEncoder({
      ffmpeg: "ffmpeg",
      url,
      format: "flv",
      width: 160,
      height: 90,
      kilobits: 200,
    });
    current.process.once("exit", () => void pause(500).then(start));
  }
  return {
    said: () => current?.said() ?? "",
    [Symbol.dispose]() {
      over = true;
      current?.stop();
    },
  };
}

type Broadcast = { state: string; paths: { dvr: string | null } };

async function broadcast(server: RunningServer): Promise<Broadcast> {
  const answer = await fetch(`http://127.0.0.1:${server.port + 2}/v1/rooms/demo/broadcast`).catch(() => null);
  return answer?.ok === true ? ((await answer.json()) as Broadcast) : { state: "off", paths: { dvr: null } };
}

/** The lines of the recording's playlist; none while there is no media process. */
async function segments(server: RunningServer): Promise<string[]> {
  const { paths } = await broadcast(server);
  const answer = paths.dvr === null ? null : await fetch(paths.dvr).catch(() => null);
  const text = answer?.ok === true ? await answer.text() : "";
  return text.split("\n").filter((line) => line.endsWith(".m4s") || line === "#EXT-X-DISCONTINUITY");
}

/** What ffmpeg has to say of it. */
function decoded(url: string): string {
  const words = ["-v", "error", "-live_start_index", "0", "-i", url, "-t", "2", "-f", "null", "-"];
  return execFileSync("ffmpeg", words, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
  });
}

function durationOf(path: string): number {
  const words = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path];
  return Number(execFileSync("ffprobe", words, { encoding: "utf8" }));
}
