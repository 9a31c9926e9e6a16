import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { killRole, root, startScript, startServer, type Server, told } from "./processes.ts";
import { atMost, machine, type Report } from "./report.ts";

/**
 * A real chat is replayed into a room with 200 viewers while the server's processes are killed with -9 at random moments,
 * twenty times. Then the log is read back by a program of its own. `--chat FILE` names the chat log.
 */
const kills = 20;
const viewers = 200;
const speed = 50;
const victims = ["keeper", "gateway", "all"] as const;

type Replayed = { sent: number; acked: number; failed: number; refused: Record<string, number> };
type Loaded = {
  expected: number;
  delivered: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  reconnects: number;
  slowestReconnectMs: number;
  gaps: number;
};

export async function killsBench(chat: string | undefined): Promise<Report> {
  if (chat === undefined) throw new Error("Name a chat log: npm run bench -- kills --chat FILE");
  const server = await startServer(["--gateways", "2"]);
  try {
    const load = result<Loaded>(
      command([
        "load",
        "--url",
        server.url,
        "--room",
        "demo",
        "--viewers",
        String(viewers),
        "--rate",
        "0",
        "--seconds",
        "210",
        "--json",
      ]),
    );
    await pause(5_000);
    const killing = killAtRandom(server);
    const replays = await replayUntil(killing, server, chat);
    const [killed, loaded] = await Promise.all([killing, load]);
    const replayed = total(replays);
    const stored = await told<{ messages: number; ids: number }>(
      startScript(new URL("./read-log.ts", import.meta.url), [join(server.data, "log.sqlite"), "demo"]),
    );
    return reportOf(killed, replayed, loaded, stored);
  } finally {
    await server.stop();
  }
}

function total(replays: readonly Replayed[]): Replayed {
  const sum: Replayed = { sent: 0, acked: 0, failed: 0, refused: {} };
  for (const { sent, acked, failed, refused } of replays) {
    sum.sent += sent;
    sum.acked += acked;
    sum.failed += failed;
    for (const [reason, count] of Object.entries(refused))
      sum.refused[reason] = (sum.refused[reason] ?? 0) + count;
  }
  return sum;
}

function reportOf(
  killed: number,
  replayed: Replayed,
  loaded: Loaded,
  stored: { messages: number; ids: number },
): Report {
  const refused = Object.values(replayed.refused).reduce((sum, count) => sum + count, 0);
  return {
    scenario: "kills",
    machine: machine(),
    figures: {
      kills: killed,
      viewers,
      sent: replayed.sent,
      acked: replayed.acked,
      refused,
      failed: replayed.failed,
      stored: stored.messages,
      expected: loaded.expected,
      delivered: loaded.delivered,
      gaps: loaded.gaps,
      reconnects: loaded.reconnects,
      slowestReconnectMs: loaded.slowestReconnectMs,
    },
    controls: {},
    checks: [
      { name: "kills", value: killed, limit: kills, ok: killed >= kills },
      atMost("acknowledgedLost", Math.max(0, replayed.acked - stored.messages), 0),
      atMost("storedTwice", Math.max(0, stored.messages - replayed.acked - replayed.failed), 0),
      atMost("idsTwice", stored.messages - stored.ids, 0),
      atMost("failed", replayed.failed, 0),
      atMost("deliveriesLost", loaded.lost, 0),
      atMost("deliveriesDoubled", loaded.doubled, 0),
      atMost("deliveriesOutOfOrder", loaded.outOfOrder, 0),
      atMost("slowestReconnectMs", loaded.slowestReconnectMs, 10_000),
    ],
  };
}

async function killAtRandom(server: Server): Promise<number> {
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    await pause(3_000 + Math.random() * 4_000);
    const victim = victims[i % victims.length] ?? "all";
    const roles = victim === "all" ? ["keeper", "gateway"] : [victim];
    if (roles.map((role) => killRole(server.pid, role)).every((count) => count > 0)) killed += 1;
  }
  return killed;
}

/** One replay after the other, until the last kill is over. */
async function replayUntil(over: Promise<number>, server: Server, chat: string): Promise<Replayed[]> {
  const replays: Replayed[] = [];
  const kills = { over: false };
  void over.then(() => (kills.over = true));
  while (!kills.over) {
    const words = ["replay", chat, "--url", server.url, "--room", "demo", "--speed", String(speed), "--json"];
    replays.push(await result<Replayed>(command(words)));
  }
  return replays;
}

function command(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(root, "server/main.ts"), ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** What a command prints last. */
function result<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("close", () => {
      const line = said.trim().split("\n").at(-1) ?? "";
      try {
        resolve(JSON.parse(line) as T);
      } catch {
        reject(new Error(`A command ended without a result: ${line}`));
      }
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
