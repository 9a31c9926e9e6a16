import { cpuMs, pin } from "../cores.ts";
import { pidsOfRole, residentBytes, type Server, startServer } from "../processes.ts";

/** A whole server on one core: the supervisor, the keeper and the gateways, which inherit the core when they are started again. */
export type ServerOnOneCore = Server & {
  /** What all its processes have worked. A process that was killed takes its part with it. */
  cpuMs(): number;
  residentBytes(): number;
  metric(name: string, labels?: string): Promise<number>;
};

const serverCore = 0;

export async function startServerOnOneCore(args: readonly string[]): Promise<ServerOnOneCore> {
  const server = await startServer(args);
  const pids = (): number[] => [...pidsOfRole(server.pid, "keeper"), ...pidsOfRole(server.pid, "gateway")];
  pin([server.pid, ...pids()], serverCore);
  return {
    ...server,
    cpuMs: () => pids().reduce((sum, pid) => sum + cpuMs(pid), 0),
    residentBytes: () => pids().reduce((sum, pid) => sum + residentBytes(pid), 0),
    metric: (name, labels = "") => metric(server.port + 1, name, labels),
  };
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
