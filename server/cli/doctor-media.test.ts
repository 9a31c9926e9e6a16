import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { checkMedia, ffmpegFindings, reachFinding } from "./doctor-media.ts";

test("V5.8 doctor says what keeps pictures from coming in or going out, and what to do", async () => {
  const taken = createSocket("udp4").bind(0);
  await once(taken, "listening");
  const { port } = taken.address();
  const media = {
    port: 0,
    url: null,
    ffmpeg: "/no/such/ffmpeg",
    rtmpPort: null,
    srtPorts: null,
    udpPorts: { from: port, to: port },
    publicIps: [],
    turn: null,
    partMs: 200,
    recordMs: null,
    recordBytesMax: null,
  };
  const findings = await checkMedia({ host: "127.0.0.1", media });
  taken.close();
  const said = new Map(findings.map(({ check, state, says }) => [check, `${state}: ${says}`]));
  assert.match(said.get("ffmpeg") ?? "", /^warn: There is no ffmpeg: .* Install the package ffmpeg/);
  assert.match(
    said.get("udp ports") ?? "",
    new RegExp(`^warn: ${port} .UDP. cannot be opened: .*--udp-ports`),
  );
  const none = await checkMedia({ host: "127.0.0.1", media: null });
  assert.deepEqual(none, [{ check: "media", state: "ok", says: "No pictures, by --no-media." }]);
});

test("V5.9 doctor says where WebRTC cannot be reached from outside, and what helps", () => {
  const unreached = { publicIps: [], turn: null };
  assert.equal(reachFinding(unreached, ["10.0.0.5", "fe80::1"]).state, "warn");
  assert.match(reachFinding(unreached, ["192.168.1.2"]).says, /--public-ips .* --turn/);
  assert.equal(reachFinding(unreached, ["10.0.0.5", "203.0.114.9"]).state, "ok");
  assert.equal(reachFinding({ ...unreached, publicIps: ["203.0.114.9"] }, ["10.0.0.5"]).state, "ok");
  assert.equal(reachFinding({ ...unreached, turn: { urls: [], secret: "" } }, ["10.0.0.5"]).state, "ok");
  const [found] = ffmpegFindings({ srtPorts: { from: 9_000, to: 9_001 } }, { srt: false });
  assert.match(found?.says ?? "", /SRT: .*--srt-ports 0/);
});
