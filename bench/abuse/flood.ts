import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Findings, Kind } from "./findings.ts";
import { enter, type Line, openLine, type Site } from "./line.ts";
import { goodToken } from "./tokens.ts";

/**
 * One user who says ten thousand things within a second, is closed for it, and comes back for the next second: all at
 * once, and the next time evenly over the second.
 */
const messages = 10_000;
const secondMs = 1_000;
const tickMs = 10;
const name = "Flo";

export const flood: Kind = async (site, shift, findings) => {
  const sub = `abuse:flood:${randomBytes(4).toString("hex")}`;
  const startedAt = performance.now();
  let floods = 0;
  let acks = 0;
  for (; !shift.isOver(); floods++) {
    const nextAt = performance.now() + secondMs;
    acks += await floodOnce(site, sub, floods % 2 === 0 ? 0 : secondMs, findings);
    await setTimeout(Math.max(0, nextAt - performance.now()));
  }
  const windows = Math.floor((performance.now() - startedAt) / limits.paceMs) + 1;
  const storedMax = windows * limits.paceMessages;
  findings.check(
    acks <= storedMax,
    () => `${acks} messages were acknowledged, and the pace allows ${storedMax}`,
  );
  findings.stores(sub, storedMax);
  /* What is within the burst and not refused for its pace was stored; hello and join count as frames too. */
  findings.countsAtLeast("refused:pace", floods * (limits.framesBurst - 2) - storedMax);
};

/** Returns how many were acknowledged. */
async function floodOnce(site: Site, sub: string, overMs: number, findings: Findings): Promise<number> {
  const line = await openLine(site);
  const session = `flood-${randomBytes(6).toString("hex")}`;
  findings.check(await enter(line, { token: await goodToken(sub, { name }) }), () => `${sub} was not let in`);
  await say(line, session, overMs);
  findings.sent(messages);
  await line.until(() => line.code !== null);
  findings.check(
    line.code === closeCodes.rate && line.strange === 0,
    () => `a flood ended with ${line.code}`,
  );
  findings.counts("limit:framesPerSecond", limits.framesRefusedBeforeClose + 1);
  findings.counts("refused:rate", limits.framesRefusedBeforeClose + 1);
  findings.counts("limit:framesRefusedBeforeClose");
  findings.counts("closed:rate");
  return readAnswers(line, sub, session, findings);
}

async function say(line: Line, session: string, overMs: number): Promise<void> {
  const startedAt = performance.now();
  for (let i = 0; i < messages && line.code === null;) {
    const passedMs = performance.now() - startedAt;
    const due = overMs === 0 ? messages : Math.min(messages, ((passedMs + tickMs) / overMs) * messages);
    for (; i < due; i++)
      line.request({ t: "say", room: "demo", key: `${session}:${i}`, text: textOf(session, i) });
    if (i < messages) await setTimeout(tickMs);
  }
}

/** Each command has one answer at most, and a reason that is documented for it. */
function readAnswers(line: Line, sub: string, session: string, findings: Findings): number {
  const answered = new Set<string>();
  const acks = line.all("ack");
  for (const { key, id } of acks) {
    findings.check(!answered.has(key) && key.startsWith(session), () => `${key} was answered twice`);
    answered.add(key);
    findings.said({ id, by: sub, name, text: textOf(session, Number(key.slice(session.length + 1))) });
  }
  const refused = line.all("refused");
  for (const { key, reason } of refused) {
    findings.check(
      key === undefined ? reason === "rate" : reason === "pace" || reason === "busy",
      () => `${key ?? "a flood"} was refused with ${reason}`,
    );
    if (key === undefined) continue;
    findings.check(!answered.has(key), () => `${key} was answered twice`);
    answered.add(key);
  }
  findings.check(
    refused.some(({ reason }) => reason === "rate"),
    () => "nothing was refused for its rate",
  );
  return acks.length;
}

function textOf(session: string, i: number): string {
  return `${session} ${i}`;
}
