import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { closeCodes } from "@chorus/protocol/close-codes.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Findings, Kind, Shift } from "./findings.ts";
import { enter, type Line, openLine, type Site } from "./line.ts";
import { goodToken } from "./tokens.ts";

/** Those who hold connections without using them. What they do takes a server's patience, so they work all the time. */
const sockets = 20;
/** Time-outs are looked at once a second; the rest is for a machine that is busy. */
const latenessMs = 3_000;

/** Open and then without a word, half of them with a ping each second, which is no hello. */
export const noHello: Kind = (site, shift, findings) =>
  inLanes(shift, async (lane) => {
    const openedAt = performance.now();
    const line = await openLine(site);
    const pings = lane % 2 === 0 ? setInterval(() => line.ping(), 1_000) : undefined;
    findings.sent();
    await line.until(() => line.code !== null, limits.helloWithinMs + latenessMs);
    clearInterval(pings);
    const tookMs = performance.now() - openedAt;
    findings.check(
      line.code === closeCodes.helloTimeout && tookMs > limits.helloWithinMs,
      () => `a socket without hello ended with ${line.code} after ${Math.round(tookMs)} ms`,
    );
    findings.counts("closed:helloTimeout");
    findings.counts("limit:helloWithinMs");
    line.end();
  });

/** A handshake of which a byte comes each second, and in half of the lanes none at all. */
export const slowLoris: Kind = (site, shift, findings) =>
  inLanes(shift, async (lane) => {
    const { answer, tookMs } = await drip(site, lane % 2 === 0);
    findings.sent();
    findings.check(
      answer.startsWith("HTTP/1.1 408 ") && tookMs <= limits.upgradeWithinMs + latenessMs,
      () => `a slow handshake got "${answer.slice(0, 40)}" and ended after ${Math.round(tookMs)} ms`,
    );
    findings.counts("limit:upgradeWithinMs|limit:apiRequestWithinMs");
  });

const pingEveryMs = 10_000;
/** The largest pace that is within the rules. */
const joinEveryMs = 60;
const joinsAtOnce = 50;
/** How long it may take until what is not read has filled the kernel's buffers. */
const fillWithinMs = 12_000;

/**
 * People in the room who stop reading. Some are silent from then on; some ping, so that they are not taken for dead; and some go
 * on asking for the room anew, whose answers the server must not pile up.
 */
export const neverReading: Kind = async (site, shift, findings) => {
  const startedAt = performance.now();
  const silent = await Promise.all(
    Array.from({ length: sockets / 2 }, (_, i) => stopReading(site, `silent-${i}`)),
  );
  const pinging = await Promise.all(
    Array.from({ length: sockets / 2 }, (_, i) => stopReading(site, `ping-${i}`)),
  );
  const greedy = await Promise.all(
    Array.from({ length: sockets }, (_, i) => stopReading(site, `greedy-${i}`)),
  );
  findings.sent(sockets * 2);
  const pings = setInterval(() => pinging.forEach((line) => line.ping()), pingEveryMs);
  for (let i = 0; i < joinsAtOnce; i++) greedy.forEach(askForRoom);
  const joins = setInterval(() => greedy.forEach(askForRoom), joinEveryMs);
  /* A write to a connection that the server has ended would take the Close away that waits to be read. */
  await setTimeout(limits.stalledCloseMs);
  clearInterval(pings);
  clearInterval(joins);
  const patienceMs = fillWithinMs + limits.deadAfterMs + limits.heartbeatMs;
  while (!shift.isOver() || performance.now() - startedAt < patienceMs) await setTimeout(500);
  const { stalled, silent: unheard } = closeCodes;
  await Promise.all([
    ...pinging.map((line) => readsEnd(line, [stalled], findings)),
    ...silent.map((line) => readsEnd(line, [stalled, unheard], findings)),
    ...greedy.map((line) => readsEnd(line, [stalled, unheard, cutOff], findings)),
  ]);
  findings.counts("closed:stalled|closed:silent", sockets * 2);
  findings.countsAtLeast("closed:stalled", pinging.length);
  findings.countsAtLeast("limit:stalledBytesMax", greedy.length);
};

/** Where the Close could not be written behind what was not read (C8.16). */
const cutOff = 1006;

async function stopReading(site: Site, name: string): Promise<Line> {
  const line = await openLine(site);
  await enter(line, { token: await goodToken(`abuse:unread:${name}`) });
  line.pause();
  return line;
}

function askForRoom(line: Line): void {
  line.request({ t: "join", room: "demo" });
}

async function readsEnd(line: Line, codes: readonly number[], findings: Findings): Promise<void> {
  line.resume();
  await line.until(() => line.code !== null);
  findings.check(
    codes.some((code) => code === line.code),
    () => `who did not read was left with ${line.code}`,
  );
  line.end();
}

function drip({ port, address }: Site, drips: boolean): Promise<{ answer: string; tookMs: number }> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const head = `GET /v1/connect HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Padding: ${"x".repeat(100)}`;
    let answer = "";
    let at = 0;
    const socket = connect({ port, host: "127.0.0.1", localAddress: address });
    const drops = setInterval(() => {
      if (drips) socket.write(head.charAt(at++));
    }, 1_000);
    const patience = global.setTimeout(() => socket.destroy(), limits.upgradeWithinMs + 2 * latenessMs);
    socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearInterval(drops);
      clearTimeout(patience);
      resolve({ answer, tookMs: performance.now() - startedAt });
    });
  });
}

/** So many at once, each begun again when it has ended, until the shift is over. */
async function inLanes(shift: Shift, act: (lane: number) => Promise<void>): Promise<void> {
  await Promise.all(
    Array.from({ length: sockets }, async (_, lane) => {
      while (!shift.isOver()) await act(lane);
    }),
  );
}
