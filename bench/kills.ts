import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { establishedOn, killRole, root, startScript, startServer, type Server, told } from "./processes.ts";
import { atMost, machine, type Report } from "./report.ts";

/**
 * A real chat is replayed into a room with 200 viewers while the server's processes are killed with -9 at random moments,
 * twenty times. Then the log is read back by a program of its own. `--chat FILE` names the chat log.
 */
const kills = 20;
const viewers = 200;
const speed = 50;
const victims = ["keeper", "gateway", "all"] as const;

type Replayed = {
  sent: number;
  acked: number;
  failed: number;
  refused: Record<string, number>;
  seconds: number;
  ackMs: Record<string, number>;
};
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
        "90",
        "--json",
      ]),
    );
    await pause(5_000);
    const replay = result<Replayed>(
      command(["replay", chat, "--url", server.url, "--room", "demo", "--speed", String(speed), "--json"]),
    );
    const killed = await killAtRandom(server);
    const [replayed, loaded] = await Promise.all([replay, load]);
    const stored = await told<{ messages: number; ids: number }>(
      startScript(new URL("./read-log.ts", import.meta.url), [join(server.data, "log.sqlite"), "demo"]),
    );
    return reportOf(killed, replayed, loaded, stored);
  } finally {
    await server.stop();
  }
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

/** At random moments, each when the viewers of the last are back on their feet: what is measured is one kill at a time. */
async function killAtRandom(server: Server): Promise<number> {
  let killed = 0;
  for (let i = 0; i < kills; i++) {
    await pause(500 + Math.random() * 2_000);
    const victim = victims[i % victims.length] ?? "all";
    const roles = victim === "all" ? ["keeper", "gateway"] : [victim];
    if (roles.map((role) => killRole(server.pid, role)).every((count) => count > 0)) killed += 1;
    for (let waited = 0; establishedOn(server.port) < viewers && waited < 10_000; waited += 50)
      await pause(50);
  }
  return killed;
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
