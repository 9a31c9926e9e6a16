import { openChromium } from "./chromium.ts";
import { openPictureSource } from "./picture-source.ts";
const [source, browser] = await Promise.all([openPictureSource(), openChromium()]);
const page = await (await browser.newContext({ viewport: { width: 800, height: 450 } })).newPage();
page.on("console", (m) => console.log(m.text()));
page.on("pageerror", (m) => console.log(String(m)));
await page.goto(source.url);
await page.evaluate(() => {
  const player = document.createElement("chorus-player");
  for (const n of ["autoplay", "muted", "controls"]) player.setAttribute(n, "");
  player.setAttribute("room", "demo");
  document.querySelector("main")?.append(player);
});
await page.waitForTimeout(4000);
await page.locator("[part~=player]").focus();
await page.keyboard.press("Home");
for (let i = 0; i < 8; i++) {
  await page.waitForTimeout(500);
  console.log(await page.evaluate(() => { const p: any = document.querySelector("chorus-player"); return JSON.stringify({ ...p.view, broadcast: 0, ct: p.video.currentTime, rs: p.video.readyState, wall: p.clock(), buf: p.video.buffered.length && [p.video.buffered.start(0), p.video.buffered.end(0)] }) }));
}
console.log(source.asked.slice(-25).join(" "));
await page.screenshot({ path: "/tmp/p.png" });
await browser.close(); await source.stop();
