import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { buildElements, stampName } from "./build.ts";
import { type Bundle, chatBundle, playerBundle, roomBundle, sdkBundle } from "./bundles.ts";
import { sizeOf, sizesMax } from "./sizes.ts";

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "chorus-elements-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A bundle whose entry lies in this folder. */
function aBundle(folder: string, source: string): Bundle {
  writeFileSync(join(folder, "entry.ts"), source);
  return { name: "chorus-test", entry: relative(import.meta.dirname, join(folder, "entry.ts")) };
}

test("X1.240 what a build writes is the entry, what it loads later as files beside it, and a stamp of the beginning", async (t) => {
  const folder = aFolder(t);
  const outdir = join(folder, "dist");
  writeFileSync(join(folder, "later.ts"), "export const later: number = 2;");
  const of = [aBundle(folder, 'export const later = (): unknown => import("./later.ts");')];
  const began = Date.now();
  const names = (await buildElements({ outdir, of })).filter((name) => name.endsWith(".js"));
  assert.equal(names.length, 2);
  assert.match(names.join(" "), /chorus-test\.js/);
  const later = names.find((name) => name !== "chorus-test.js") ?? "";
  assert.match(
    readFileSync(join(outdir, "chorus-test.js"), "utf8"),
    new RegExp(`import\\(["\`]\\./${later}["\`]\\)`),
  );
  assert.ok(statSync(join(outdir, stampName)).mtimeMs >= began - 10);
  assert.ok(statSync(join(outdir, stampName)).mtimeMs <= statSync(join(outdir, later)).mtimeMs);
});

test("X1.241 a build removes what an earlier one left, and a build that fails changes nothing", async (t) => {
  const folder = aFolder(t);
  const outdir = join(folder, "dist");
  await buildElements({ outdir, of: [aBundle(folder, "export const a = 1;")] });
  writeFileSync(join(outdir, "chorus-test-old-ABC.js"), "");
  await buildElements({ outdir, of: [aBundle(folder, "export const a = 2;")] });
  assert.equal(existsSync(join(outdir, "chorus-test-old-ABC.js")), false);
  const before = readdirSync(outdir);
  await assert.rejects(buildElements({ outdir, of: [aBundle(folder, 'import "./none.ts";')] }), /none\.ts/);
  assert.deepEqual(readdirSync(outdir), before);
  assert.match(readFileSync(join(outdir, "chorus-test.js"), "utf8"), /2/);
});

test("X1.242 a size is of what is loaded at once, and the SDK and the chat keep to theirs", async (t) => {
  const folder = aFolder(t);
  writeFileSync(join(folder, "later.ts"), `export const later = "${"é1x".repeat(20_000)}";`);
  const lazy = await sizeOf(aBundle(folder, 'export const later = (): unknown => import("./later.ts");'));
  assert.deepEqual([lazy.files, lazy.bytes < 200], [1, true]);
  const eager = await sizeOf(aBundle(folder, 'import { later } from "./later.ts"; console.log(later);'));
  assert.ok(eager.bytes > lazy.bytes, JSON.stringify({ eager, lazy }));
  assert.ok((await sizeOf(sdkBundle)).bytes <= sizesMax.sdk);
  assert.ok((await sizeOf(chatBundle)).bytes <= sizesMax.chat);
});

test("V1.62 the player and the room keep to their sizes, and what plays HLS is loaded only when it is wanted", async () => {
  const [player, room] = await Promise.all([sizeOf(playerBundle), sizeOf(roomBundle)]);
  assert.ok(player.bytes <= sizesMax.player, `${player.bytes}`);
  assert.ok(room.bytes <= sizesMax.room, `${room.bytes}`);
});
