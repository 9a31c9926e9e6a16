import type { Page } from "playwright-core";
import type { SourceOptions } from "./glass.ts";
import { stampCells } from "@chorus/server/cli/test-picture.ts";

/**
 * A page goes live by WHIP with a picture that says when it was made, as the test encoder's does.
 *
 * @param key the room's stream key.
 */
export async function publish(
  page: Page,
  whip: string,
  key: string,
  { flash = () => false, through = (answer) => answer }: SourceOptions = {},
): Promise<void> {
  await page.exposeFunction("isFlash", flash);
  await page.exposeFunction("throughRoad", through);
  await page.evaluate(goLive, { whip, key, cells: stampCells });
}

/** Runs in the page, so it stands alone. */
async function goLive({ whip, key, cells }: { whip: string; key: string; cells: number }): Promise<void> {
  const [width, height, framesPerSecond] = [640, 360, 30];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  document.body.replaceChildren(canvas);
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("The page has no canvas.");
  const cell = Math.floor(width / cells);
  let flash = false;
  setInterval(() => {
    const now = Date.now();
    /* Asked for the frame after this one: the answer comes from another process. */
    void (window as unknown as { isFlash(atMs: number): Promise<boolean> })
      .isFlash(now + 1_000 / framesPerSecond)
      .then((is) => (flash = is));
    const low = now % 2 ** 40;
    let sum = 1;
    for (let rest = low; rest > 0; rest = Math.floor(rest / 256)) sum += rest % 256;
    const bits = low.toString(2).padStart(40, "0") + (sum % 256).toString(2).padStart(8, "0");
    pen.fillStyle = flash ? "#fff" : `hsl(${(now / 100) % 360} 60% 40%)`;
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "#fff";
    pen.fillRect((now / 10) % width, 40, 30, 30);
    [...bits].forEach((bit, place) => {
      pen.fillStyle = bit === "1" ? "#fff" : "#000";
      pen.fillRect(place * cell, height * 0.9, cell, height * 0.1);
    });
  }, 1_000 / framesPerSecond);
  const sound = new AudioContext();
  const tone = sound.createOscillator();
  const out = sound.createMediaStreamDestination();
  tone.connect(out);
  tone.start();
  const peer = new RTCPeerConnection();
  const [picture] = canvas.captureStream(framesPerSecond).getVideoTracks();
  const [voice] = out.stream.getAudioTracks();
  if (picture === undefined || voice === undefined) throw new Error("The page has nothing to send.");
  const sender = peer.addTransceiver(picture, { direction: "sendonly" });
  const codecs = RTCRtpSender.getCapabilities("video")?.codecs ?? [];
  sender.setCodecPreferences(
    codecs.filter(({ mimeType }) => mimeType !== "video/VP8" && !/VP9|AV1/.test(mimeType)),
  );
  peer.addTransceiver(voice, { direction: "sendonly" });
  await peer.setLocalDescription();
  const answer = await fetch(whip, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/sdp" },
    body: peer.localDescription?.sdp ?? "",
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { throughRoad } = window as unknown as { throughRoad(sdp: string): Promise<string> };
  await peer.setRemoteDescription({ type: "answer", sdp: await throughRoad(await answer.text()) });
  Object.assign(window, { peer });
}
