import { limits } from "@chorus/protocol/limits.ts";
import { developmentKey } from "@chorus/server/config.ts";
import { ended, kernelBytes, pidOfRole, residentBytes, startScript, startServer, told } from "./processes.ts";
import { atMost, machine, type Report } from "./report.ts";

/** What a connection costs that is joined to a room and silent, after one whole round of heartbeats. */
const connections = 10_000;
const warm = 200;

export async function idle(): Promise<Report> {
  const chorus = await measureChorus();
  const control = await measureWs();
  return {
    scenario: "idle",
    machine: machine(),
    figures: { connections, ...chorus },
    controls: { ws: control },
    checks: [
      atMost("residentBytesPerConnection", chorus.residentBytesPerConnection, 9 * 1024),
      atMost("connectionsLost", chorus.connectionsLost, 0),
    ],
  };
}

async function measureChorus(): Promise<Figures> {
  const server = await startServer(["--gateways", "1"]);
  try {
    const gateway = pidOfRole(server.pid, "gateway");
    return await measure(server.port, gateway, "chorus", limits.heartbeatMs + 5_000);
  } finally {
    await server.stop();
  }
}

async function measureWs(): Promise<Figures> {
  const server = startScript(new URL("./idle-ws.ts", import.meta.url), []);
  const { port } = await told<{ port: number }>(server);
  try {
    return await measure(port, server.pid ?? 0, "plain", 5_000);
  } finally {
    await ended(server);
  }
}

type Figures = {
  residentBytesPerConnection: number;
  kernelSlabBytesPerConnection: number;
  tcpBufferBytes: number;
  connectionsLost: number;
};

/** The first connections warm the program up; what the others add is what is measured. */
async function measure(port: number, pid: number, kind: string, restMs: number): Promise<Figures> {
  const first = startScript(new URL("./idle-clients.ts", import.meta.url), [
    String(port),
    String(warm),
    developmentKey,
    kind,
  ]);
  await told(first);
  await rest(2_000);
  const before = { resident: residentBytes(pid), kernel: kernelBytes() };
  const clients = startScript(new URL("./idle-clients.ts", import.meta.url), [
    String(port),
    String(connections),
    developmentKey,
    kind,
  ]);
  await told(clients);
  await rest(restMs);
  const after = { resident: residentBytes(pid), kernel: kernelBytes() };
  clients.send("count");
  const { opened } = await told<{ opened: number }>(clients);
  await Promise.all([ended(first), ended(clients)]);
  return {
    residentBytesPerConnection: Math.round((after.resident - before.resident) / connections),
    kernelSlabBytesPerConnection: Math.round((after.kernel.slab - before.kernel.slab) / connections),
    tcpBufferBytes: after.kernel.tcp,
    connectionsLost: connections - opened,
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
