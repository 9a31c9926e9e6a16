import type { IncomingMessage, ServerResponse } from "node:http";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { problem, sendProblem } from "../../api/problem.ts";
import { bodyOf } from "./raw-answer.ts";

const Count = Type.Integer({ minimum: 0, maximum: 100_000 });
const Milliseconds = Type.Integer({ minimum: 0, maximum: 3_600_000 });

/** How it went for one viewer since their last report, as a player tells it. */
const ViewingSchema = Type.Object(
  {
    path: Type.Enum(["whep", "hls", "audio", "rewind"] as const),
    firstFrameMs: Type.Union([Milliseconds, Type.Null()]),
    rebufferMs: Milliseconds,
    rebuffers: Count,
    switches: Count,
    driftMs: Type.Union([Milliseconds, Type.Null()]),
    freezes: Count,
  },
  { additionalProperties: false },
);
export type Viewing = Type.Static<typeof ViewingSchema>;

const address = /^\/v1\/rooms\/[a-z0-9][a-z0-9._-]{0,63}\/telemetry$/;
const check = Compile(ViewingSchema);
const bytesMax = 1_024;

/**
 * Takes what players tell. It comes as a beacon, as text and without a token, from pages that are about to go: nobody reads the answer,
 * and whatever it says moves a histogram at most.
 */
export function createViewingRequests(
  told: (report: Viewing) => void,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return function handle(request, response) {
    if (request.method !== "POST" || !address.test(request.url ?? "")) return false;
    void bodyOf(request, response, bytesMax).then((body) => {
      if (body === null) return;
      const report = read(body.toString("utf8"));
      if (report === null) return sendProblem(response, malformed);
      told(report);
      response.writeHead(204).end();
    });
    return true;
  };
}

const malformed = problem("malformed", "Send one report of a player, in JSON.");

function read(text: string): Viewing | null {
  try {
    const value: unknown = JSON.parse(text);
    return check.Check(value) ? value : null;
  } catch {
    return null;
  }
}
