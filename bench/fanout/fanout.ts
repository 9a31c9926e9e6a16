import { atMost, type Check, machine, median, type Report } from "../report.ts";
import { chorusRow, type Done, type Row, scriptRow, type Work, writerRow } from "./rows.ts";

/**
 * What it costs to write to many sockets: the gateway of a whole server, and programs that do nothing else, in turns. The
 * gateway's figure holds all that it does: it also takes in, checks and answers what is said.
 */
export type FanoutOptions = { chat: string | undefined; rounds?: number | undefined };

const sockets = 2_000;
const roundMs = 2_000;
/** Of the controls, until the room has shown how long it gathers what is said: then as long, with as many bytes. */
const firstEveryMs = 50;
const warmUp = 1;
const roundsByDefault = 10;
const missingMax = 2;
/** Of a hot room; and one by one as fast as a core can. */
const rates = { calm: 100, hot: 1_000, oneByOne: 20 };
const perWriteToC = 1.6;
const perWriteToWs = 0.8;
const perDeliveryToSocketIo = 1 / 70;
const loadShareMax = 0.85;

type Measured = { row: string; rate: keyof typeof rates; done: Done };

export async function fanout({ chat, rounds = roundsByDefault }: FanoutOptions): Promise<Report> {
  const rows: Row[] = [];
  try {
    const chorus = await chorusRow(sockets, chat);
    rows.push(chorus);
    const ws = await scriptRow("ws", "./control-ws.ts", [], "plain", sockets);
    rows.push(ws);
    const socketIo = await scriptRow("socketIo", "./control-socket-io.ts", [], "socket.io", sockets);
    rows.push(socketIo);
    const batched = await scriptRow(
      "socketIoBatched",
      "./control-socket-io.ts",
      ["batch"],
      "socket.io",
      sockets,
    );
    rows.push(batched);
    const writer = await writerRow(sockets);
    if (writer !== null) rows.push(writer);
    const measured = await inTurns(rounds, [
      [chorus, "calm"],
      ...(writer === null ? [] : [[writer, "calm"] as const]),
      [ws, "calm"],
      [chorus, "hot"],
      [batched, "hot"],
      [socketIo, "oneByOne"],
    ]);
    return reportOf(measured);
  } finally {
    for (const row of rows.toReversed()) await row.stop();
  }
}

type Turn = readonly [Row, keyof typeof rates];

/** The first round is not counted: programs become fast by running. Messages and frames of the others are as long as the room's. */
async function inTurns(rounds: number, turns: readonly Turn[]): Promise<Measured[]> {
  const measured: Measured[] = [];
  let [messageBytes, frameBytes, everyMs] = [300, 1_000, firstEveryMs];
  for (let round = 0; round < rounds + warmUp; round++) {
    for (const [row, rate] of round % 2 === 0 ? turns : turns.toReversed()) {
      const work: Work = { messagesPerSecond: rates[rate], everyMs, ms: roundMs, messageBytes, frameBytes };
      const done = await row.work(work);
      if (row.name === "chorus" && rate === "calm") {
        frameBytes = Math.round(done.bytesPerWrite);
        everyMs = Math.round((roundMs * sockets) / Math.max(1, done.writes));
        messageBytes = Math.round((done.bytesPerWrite * done.writes) / Math.max(1, done.deliveries));
      }
      if (round >= warmUp) measured.push({ row: row.name, rate, done });
    }
  }
  return measured;
}

function reportOf(measured: readonly Measured[]): Report {
  const of = (row: string, rate: keyof typeof rates) =>
    measured.filter((one) => one.row === row && one.rate === rate).map(({ done }) => done);
  const chorus = { calm: figuresOf(of("chorus", "calm")), hot: figuresOf(of("chorus", "hot")) };
  const c = figuresOf(of("c", "calm"));
  const ws = figuresOf(of("ws", "calm"));
  const socketIo = figuresOf(of("socketIo", "oneByOne"));
  const batched = figuresOf(of("socketIoBatched", "hot"));
  const checks: Check[] = [
    ...(c.writes === 0
      ? []
      : [
          atMost("perWriteOfC", ratio(chorus.calm.microsecondsPerWrite, c.microsecondsPerWrite), perWriteToC),
        ]),
    atMost("perWriteOfWs", ratio(chorus.calm.microsecondsPerWrite, ws.microsecondsPerWrite), perWriteToWs),
    atMost(
      "perDeliveryOfSocketIo",
      ratio(chorus.hot.microsecondsPerDelivery, socketIo.microsecondsPerDelivery),
      perDeliveryToSocketIo,
    ),
    atMost("valid.notReceivedPercent", Math.max(...measured.map(({ done }) => done.missing)), missingMax),
    atMost("valid.loadShareOfACore", Math.max(...measured.map(({ done }) => done.loadShare)), loadShareMax),
  ];
  return {
    scenario: "fanout",
    machine: machine(),
    figures: {
      sockets,
      rounds: of("chorus", "hot").length,
      ...named("calm", chorus.calm),
      ...named("hot", chorus.hot),
    },
    controls: { ...(c.writes === 0 ? {} : { c }), ws, socketIo, socketIoBatched: batched },
    checks,
  };
}

type Figures = {
  microsecondsPerWrite: number;
  microsecondsPerDelivery: number;
  bytesPerWrite: number;
  writes: number;
};

/** Medians over the rounds. */
function figuresOf(done: readonly Done[]): Figures {
  return {
    microsecondsPerWrite: median(done.map(({ cpuMs, writes }) => (cpuMs * 1_000) / writes)),
    microsecondsPerDelivery: median(done.map(({ cpuMs, deliveries }) => (cpuMs * 1_000) / deliveries)),
    bytesPerWrite: median(done.map(({ bytesPerWrite }) => bytesPerWrite)),
    writes: done.reduce((sum, { writes }) => sum + writes, 0),
  };
}

function named(name: string, figures: Figures): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${name}.${key}`, value]));
}

function ratio(a: number, b: number): number {
  return Number((a / b).toFixed(4));
}
