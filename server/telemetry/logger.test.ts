import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLevel } from "../config.ts";
import { bearer } from "../api/api-stack.fixture.ts";
import { createGuests } from "../identity/guests.ts";
import { createResumeTokens } from "../identity/resume-token.ts";
import { time } from "@chorus/protocol/ids.ts";
import { createLogger } from "./logger.ts";

function aLogger(level: LogLevel) {
  const lines: string[] = [];
  return {
    lines,
    logger: createLogger({ process: "gateway-1", level, to: { write: (line) => void lines.push(line) } }),
  };
}

test("O5.10 a log line is one JSON object with its time, level and process", () => {
  const { lines, logger } = aLogger("info");
  logger.debug("too quiet");
  logger.error({ room: "demo" }, "The log failed.");
  assert.equal(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
  assert.deepEqual(rest, { level: "error", process: "gateway-1", room: "demo", msg: "The log failed." });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const quiet = aLogger("silent");
  quiet.logger.fatal("unheard");
  assert.deepEqual(quiet.lines, []);
});

test("O5.11 no token reaches the log, whatever field or sentence it stands in", async () => {
  const { lines, logger } = aLogger("info");
  const { authorization } = await bearer("ada", { demo: { role: "host" } });
  const secret = Buffer.alloc(32, 1);
  const { person, token: guest } = createGuests(secret).mint("Ada", time(1));
  const resume = createResumeTokens(secret).issue(person, time(1));
  logger.info(
    { token: "plain secret", hello: { resume: "plain secret" }, request: { headers: { authorization } } },
    "a",
  );
  logger.info({ err: new Error(`bad token ${authorization}`) }, `from ${guest} and ${resume}`);
  logger.info({ url: `/v1?token=${guest}` }, "b");
  const text = lines.join("");
  for (const hidden of [authorization.slice(7), guest, resume, "plain secret"])
    assert.ok(!text.includes(hidden), hidden);
  assert.equal(lines.length, 3);
  for (const line of lines) assert.match(line, /\[secret\]/);
});
