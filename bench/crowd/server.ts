import { coreMs, cpuMs, pin } from "../cores.ts";
import { pidsOfRole, residentBytes, type Server, startServer } from "../processes.ts";

/** A whole server on one core: the supervisor, the keeper and the gateways, which inherit the core when they are started again. */
export type ServerOnOneCore = Server & {
  /** Begins to watch the core; what it returns ends it. Shares are of the core: of the server, and of whatever else runs there. */
  watch(): () => { server: number; others: number };
  residentBytes(): number;
  metric(name: string, labels?: string): Promise<number>;
};

const serverCore = 0;
/** Above it, what else runs on the machine has slowed the server down. */
export const othersShareMax = 0.1;

export async function startServerOnOneCore(args: readonly string[]): Promise<ServerOnOneCore> {
  const server = await startServer(args);
  const pids = (): number[] => [...pidsOfRole(server.pid, "keeper"), ...pidsOfRole(server.pid, "gateway")];
  pin([server.pid, ...pids()], serverCore);
  const now = () => ({ at: performance.now(), server: cpuOf(pids()), core: coreMs(serverCore) });
  return {
    ...server,
    watch() {
      const before = now();
      return () => {
        const after = now();
        const share = (ms: number): number => Number((ms / (after.at - before.at)).toFixed(3));
        const server = after.server - before.server;
        return { server: share(server), others: share(Math.max(0, after.core - before.core - server)) };
      };
    },
    residentBytes: () => pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
    metric: (name, labels = "") => metric(server.port + 1, name, labels),
  };
}

function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMs(pid), 0);
}

/** The sum over all processes that have it. Gateways tell theirs every five seconds. */
async function metric(privatePort: number, name: string, labels: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${privatePort}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** @throws when the room cannot be made. */
export async function makeRoom({ port }: Server, room: string): Promise<void> {
  const { status } = await fetch(`http://127.0.0.1:${port + 1}/v1/rooms/${room}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  if (status !== 201 && status !== 200) throw new Error(`The room ${room} could not be made: ${status}.`);
}
