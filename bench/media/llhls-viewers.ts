import { connect, type Socket } from "node:net";

/**
 * The process of those who watch by low-latency HLS, as a player does over a connection that stays: each waits for the next part to be
 * listed, and fetches it. Written on bare sockets, so that one core holds thousands.
 */
export type ViewersTold = {
  parts: number;
  /** Answers that were no playlist or part. */
  failures: number;
  /** From the time that a playlist lists a part until it is here. */
  fetchMs: { p50: number; p95: number };
  cpuShare: number;
};

const [, , playlist = "", count = "0"] = process.argv;
let at = new URL(playlist);
const told = { parts: 0, failures: 0, fetches: [] as number[] };
const fetchesMax = 200_000;
let since = { at: performance.now(), cpu: process.cpuUsage() };

for (let i = 0; i < Number(count); i += 1) setTimeout(watch, (i / Number(count)) * 2_000);
process.on("message", (order: "begin" | "tell" | { playlist: string }) => {
  if (order === "tell") return void process.send?.(report());
  /* Signed addresses end; a player is told the next one before that. */
  if (order !== "begin") return void (at = new URL(order.playlist));
  Object.assign(told, { parts: 0, failures: 0, fetches: [] });
  since = { at: performance.now(), cpu: process.cpuUsage() };
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ready: true });

function watch(): void {
  const socket = connect(Number(at.port), at.hostname).setNoDelay(true);
  let next = { msn: -1, part: 0 };
  let askedAt = 0;
  let phase: "playlist" | "part" = "playlist";
  const read = reader((status, body) => {
    if (status !== 200) told.failures += 1;
    if (phase === "part") {
      told.parts += 1;
      if (told.fetches.length < fetchesMax) told.fetches.push(performance.now() - askedAt);
      phase = "playlist";
      return ask(socket, `${at.pathname}?_HLS_msn=${next.msn}&_HLS_part=${next.part}`);
    }
    const text = body.toString("latin1");
    const hint = /PRELOAD-HINT:TYPE=PART,URI="[^"]*\/(\d+)\.(\d+)\.m4s"/.exec(text);
    const parts = text.lastIndexOf("#EXT-X-PART:");
    const uri = /URI="([^"]+)"/.exec(text.slice(parts))?.[1];
    if (hint === null || uri === undefined) return void setTimeout(() => ask(socket, at.pathname), 500);
    next = { msn: Number(hint[1]), part: Number(hint[2]) };
    askedAt = performance.now();
    phase = "part";
    ask(socket, new URL(uri, at).pathname);
  });
  socket.on("data", read).on("error", () => (told.failures += 1));
  ask(socket, at.pathname);
}

function ask(socket: Socket, path: string): void {
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${at.host}\r\naccept-encoding: identity\r\n\r\n`);
}

/** Answers with a length, one after the other. */
function reader(answered: (status: number, body: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const end = pending.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = pending.toString("latin1", 0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (pending.length < end + 4 + length) return;
      const body = pending.subarray(end + 4, end + 4 + length);
      pending = pending.subarray(end + 4 + length);
      answered(Number(head.slice(9, 12)), body);
    }
  };
}

function report(): ViewersTold {
  const { parts, failures, fetches } = told;
  const sorted = fetches.toSorted((a, b) => a - b);
  const of = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  const { user, system } = process.cpuUsage(since.cpu);
  const cpuShare = (user + system) / 1_000 / (performance.now() - since.at);
  return { parts, failures, fetchMs: { p50: of(0.5), p95: of(0.95) }, cpuShare };
}
