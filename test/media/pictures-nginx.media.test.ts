import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { test } from "node:test";
import { startTestEncoder } from "@chorus/server/cli/test-encoder.ts";
import { startNginxWithPictures } from "../../bench/nginx.ts";
import { freePort } from "../../bench/processes.ts";
import { startServer, until } from "../faults/running-server.ts";
import { streamKey } from "./stream-key.ts";

test("V5.21 behind the nginx of docs/pictures.md, by HTTP/2 and TLS, of many who wait for a playlist one request comes to Chorus", async () => {
  const rtmp = await freePort();
  const args = ["--rtmp-port", String(rtmp), "--srt-ports", "0", "--log-level", "silent"];
  await using server = await startServer({ pictures: true, args });
  await using nginx = await startNginxWithPictures(server.port);
  const key = await streamKey(server.port);
  const url = `rtmp://127.0.0.1:${rtmp}/live/demo?key=${key}`;
  const encoder = startTestEncoder({ ffmpeg: "ffmpeg", url, format: "flv", width: 160, height: 90 });
  const session = connect(nginx.url, { rejectUnauthorized: false });
  try {
    const path = await untilListed(session);
    const playlist = await get(session, `${path}/media.m3u8`);
    const msn = Number(
      playlist.body
        .match(/\/(\d+)\.m4s$/gm)
        ?.at(-1)
        ?.match(/\d+/)?.[0],
    );
    assert.ok(Number.isInteger(msn), playlist.body);
    const asked = `${path}/media.m3u8?_HLS_msn=${msn + 2}&_HLS_part=0`;
    const all = await Promise.all(Array.from({ length: 40 }, () => get(session, asked)));
    assert.deepEqual([...new Set(all.map(({ status }) => status))], [200]);
    assert.equal(new Set(all.map(({ body }) => body)).size, 1);
    assert.ok(all.filter(({ cache }) => cache === "MISS").length <= 1, "one request went on");
    assert.match(all[0]?.body ?? "", new RegExp(`/${msn + 2}\\.0\\.m4s"`));
    const part = /URI="([^"]+\.m4s)"/.exec(all[0]?.body ?? "")?.[1] ?? "";
    assert.equal((await get(session, `${path}/${part}`)).status, 200);
    assert.equal((await get(session, `${path}/${part}`)).cache, "HIT");
    const forged = path.replace(/low\.\d+/, "low.1999999999");
    assert.equal((await get(session, `${forged}/${part}`)).status, 403);
  } finally {
    session.destroy();
    encoder.stop();
    await once(encoder.process, "exit");
  }
});

type Got = { status: number; cache: string; body: string };

function get(session: ClientHttp2Session, path: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": path });
    let [status, cache, body] = [0, "", ""];
    stream.once("response", (headers) => {
      status = headers[":status"] ?? 0;
      cache = String(headers["x-cache"] ?? "");
    });
    stream.setEncoding("latin1").on("data", (text: string) => (body += text));
    stream.once("error", reject).once("end", () => resolve({ status, cache, body }));
  });
}

/** The folder of the broadcast's files, once there are some. */
async function untilListed(session: ClientHttp2Session): Promise<string> {
  let path = "";
  await until(
    async () => {
      const { body } = await get(session, "/media/v1/rooms/demo/broadcast");
      const hls = /"hls":"https?:\/\/[^/]+(\/[^"]+)\/index\.m3u8"/.exec(body)?.[1] ?? "";
      path = `/media${hls}`;
      return hls !== "" && (await get(session, `${path}/media.m3u8`)).body.includes(".m4s\n");
    },
    20_000,
    () => "nothing is listed",
  );
  return path;
}
