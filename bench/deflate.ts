import { type ChorusRow, chorusRow, type Done } from "./fanout/rows.ts";
import { atMost, type Check, machine, median, type Report } from "./report.ts";

/**
 * What it saves and costs to deflate a room's frames once for all: two servers in turns, of one the viewers offer `deflate`, of
 * the other they do not.
 */
export type DeflateOptions = { chat: string | undefined; rounds?: number | undefined };

const sockets = 2_000;
const roundMs = 4_000;
const warmUp = 2;
const roundsByDefault = 10;
const messagesPerSecond = 200;
const framesInPerSecond = 10_000;
const bytesShareMax = 1 / 3;
const cpuOutMax = 1.05;
const cpuInMax = 1.1;
const missingMax = 2;
const loadShareMax = 0.85;

type Round = { out: Done; in: { frames: number; cpuMs: number } };

export async function deflateBench({ chat, rounds = roundsByDefault }: DeflateOptions): Promise<Report> {
  const rows: ChorusRow[] = [];
  try {
    for (const accept of [["deflate"], []]) rows.push(await chorusRow(sockets, chat, accept));
    const measured: Round[][] = rows.map(() => []);
    for (let round = 0; round < rounds + warmUp; round++) {
      const turns = [...rows.entries()];
      for (const [i, row] of round % 2 === 0 ? turns : turns.toReversed()) {
        const one = await roundOf(row);
        if (round >= warmUp) measured[i]?.push(one);
      }
    }
    const [deflate = [], text = []] = measured;
    return reportOf(deflate, text);
  } finally {
    for (const row of rows.toReversed()) await row.stop();
  }
}

async function roundOf(row: ChorusRow): Promise<Round> {
  const out = await row.work({ messagesPerSecond, ms: roundMs, everyMs: 0, messageBytes: 0, frameBytes: 0 });
  return { out, in: await row.takeIn(framesInPerSecond, roundMs / 2) };
}

function reportOf(deflate: readonly Round[], text: readonly Round[]): Report {
  const [figures, control] = [figuresOf(deflate), figuresOf(text)];
  const all = [...deflate, ...text].map(({ out }) => out);
  const checks: Check[] = [
    atMost("bytesOfText", round(figures.bytesPerDelivery / control.bytesPerDelivery), round(bytesShareMax)),
    atMost(
      "cpuOutOfText",
      round(figures.microsecondsPerDelivery / control.microsecondsPerDelivery),
      cpuOutMax,
    ),
    atMost("cpuInOfText", round(figures.microsecondsPerFrameIn / control.microsecondsPerFrameIn), cpuInMax),
    atMost("valid.notReceivedPercent", round(Math.max(...all.map(({ missing }) => missing))), missingMax),
    atMost("valid.loadShareOfACore", round(Math.max(...all.map(({ loadShare }) => loadShare))), loadShareMax),
  ];
  return {
    scenario: "deflate",
    machine: machine(),
    figures: { sockets, rounds: deflate.length, ...figures },
    controls: { text: control },
    checks,
  };
}

/** Medians over the rounds. `bytes` are those of a message to one viewer, as TCP carries them. */
function figuresOf(rounds: readonly Round[]) {
  const of = (figure: (one: Round) => number) => median(rounds.map(figure));
  return {
    bytesPerDelivery: of(({ out }) => (out.bytesPerWrite * out.writes) / out.deliveries),
    bytesPerWrite: of(({ out }) => out.bytesPerWrite),
    microsecondsPerDelivery: of(({ out }) => (out.cpuMs * 1_000) / out.deliveries),
    microsecondsPerFrameIn: of(({ in: taken }) => (taken.cpuMs * 1_000) / taken.frames),
    messagesPerFrame: of(({ out }) => out.deliveries / out.writes),
  };
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
