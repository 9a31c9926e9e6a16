import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import { atPace, type Kind } from "./findings.ts";
import { greet, type Line, openLine } from "./line.ts";
import { root } from "../processes.ts";

/**
 * Frames that are none. Each connection sends one more than a server puts up with, half of them before they say hello;
 * the answers are the sentences that stand beside the frames in protocol/examples/invalid.
 */
type Bad = { text: string; sentence: string };
type Example = { sentence: string; frame?: unknown; text?: string };

const connectionsPerSecond = 20;
const framesEach = limits.malformedFramesMax + 1;
const hugeBytes = 1024 * 1024;
const hugePerSecond = 8;

const notJson = "The frame is not JSON.";
const noObject = /^frame\.(not-json|empty|two-frames|array|null|text)/;
const noKind = /^frame\.(unknown-kind|prototype|sent-by-servers-only|long-kind|no-kind|kind-of-another-type)/;

export const malformedJson: Kind = badFrames(
  (name) => noObject.test(name),
  [
    { text: "[".repeat(8_000), sentence: notJson },
    { text: '{"a":'.repeat(3_000), sentence: notJson },
    { text: '{"t":"join","room":"demo"', sentence: notJson },
    { text: '{"t":"join","room":"de\u0000mo"}', sentence: notJson },
    { text: "NaN", sentence: notJson },
  ],
);
export const unknownKinds: Kind = badFrames((name) => noKind.test(name));
export const wrongTypes: Kind = badFrames((name) => !noObject.test(name) && !noKind.test(name));

export const hugeFrames: Kind = (site, shift, findings) => {
  const piece = Buffer.alloc(limits.frameBytesMax, "x");
  return atPace(shift, hugePerSecond, async (turn) => {
    const line = await openLine(site);
    if (turn % 2 === 0) await greet(line);
    const pieces = hugeBytes / piece.length;
    if (turn % 4 < 2) line.send(Buffer.alloc(hugeBytes, "x"));
    else for (let i = 1; i <= pieces; i++) line.send(piece, i < pieces);
    findings.sent();
    await closesWith(line, 1009, "1 MB", findings);
    findings.counts("limit:frameBytesMax");
  });
};

export const invalidUtf8: Kind = (site, shift, findings) => {
  const before = Buffer.from('{"t":"say","room":"demo","key":"abcdefgh:0","text":"');
  const bytes = ["ff", "c0af", "eda080", "f4908080", "e282", "80"].map((hex) => Buffer.from(hex, "hex"));
  return atPace(shift, connectionsPerSecond, async (turn) => {
    const line = await openLine(site);
    if (turn % 2 === 0) await greet(line);
    const wrong = bytes[turn % bytes.length] ?? before;
    line.send(turn % 4 < 2 ? wrong : Buffer.concat([before, wrong, Buffer.from('"}')]));
    findings.sent();
    await closesWith(line, 1007, `invalid UTF-8 ${wrong.toString("hex")}`, findings);
    findings.counts("refused:malformed");
  });
};

function badFrames(chosen: (name: string) => boolean, more: readonly Bad[] = []): Kind {
  const bad = [...examples(chosen), ...more];
  return (site, shift, findings) =>
    atPace(shift, connectionsPerSecond, async (turn) => {
      const line = await openLine(site);
      if (turn % 2 === 0) await greet(line);
      const batch = Array.from({ length: framesEach }, (_, i) => bad[(turn * framesEach + i) % bad.length]);
      for (const frame of batch) line.send(frame?.text ?? "");
      findings.sent(batch.length);
      await closesWith(line, closeCodes.malformed, "bad frames", findings);
      const refused = line.all("refused");
      for (const [i, frame] of batch.entries()) {
        const { reason, sentence } = refused[i] ?? {};
        findings.check(
          reason === "malformed" && sentence === frame?.sentence,
          () => `${frame?.text.slice(0, 80)} was answered with ${reason}: ${sentence}`,
        );
      }
      findings.counts("refused:malformed", framesEach);
      findings.counts("limit:malformedFramesMax");
      findings.counts("closed:malformed");
    });
}

async function closesWith(
  line: Line,
  code: number,
  what: string,
  findings: Parameters<Kind>[2],
): Promise<void> {
  await line.until(() => line.code !== null);
  findings.check(line.code === code && line.strange === 0, () => `${what} ended with ${line.code}`);
  line.end();
}

/** Frames of clients. What is larger than a frame may be has another answer. */
function examples(chosen: (name: string) => boolean): Bad[] {
  const folder = join(root, "protocol/examples/invalid");
  return readdirSync(folder)
    .filter(chosen)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Example)
    .filter((example) => "text" in example || "frame" in example)
    .map(({ text, frame, sentence }) => ({ text: text ?? JSON.stringify(frame), sentence }))
    .filter(({ text }) => Buffer.byteLength(text) <= limits.frameBytesMax);
}
