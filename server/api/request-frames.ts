import { limits } from "@chorus/protocol/limits.ts";
import { Type } from "typebox";
import { type Problem, problem } from "./problem.ts";

/** Requests as a WebSocket would carry them, each a frame, in a JSON array. What they hold is the protocol's to check. */
export const framesSchema = (most: number) =>
  Type.Array(
    Type.Object(
      { t: Type.String({ description: "The kind of request; see docs/protocol.md" }) },
      { description: "A request" },
    ),
    {
      minItems: 1,
      maxItems: most,
      description: `1 to ${most} requests`,
      expected: `an array of 1 to ${most} requests`,
    },
  );

/** The text of each frame, as it would come over a WebSocket, and as large at most. */
export function textsOf(frames: readonly object[]): string[] | Problem {
  const texts = frames.map((frame) => JSON.stringify(frame));
  if (texts.every((text) => Buffer.byteLength(text) <= limits.frameBytesMax)) return texts;
  return problem("too-large", `Send at most ${limits.frameBytesMax} bytes in a frame.`, {
    limit: "frameBytesMax",
  });
}
