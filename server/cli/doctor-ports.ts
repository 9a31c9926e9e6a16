import { createServer } from "node:net";
import type { Config } from "../config.ts";
import type { Finding } from "./doctor-machine.ts";

const answerWithinMs = 2_000;

/** Who is behind a port: nobody, a Chorus, another program, or nobody that may be asked. */
export type Holder = "free" | "chorus" | "other" | "forbidden";

/** Whether Chorus can have its two ports, or already has them and is ready for clients. */
export async function checkPorts(config: Pick<Config, "host" | "port" | "privatePort">): Promise<Finding[]> {
  const { host, port, privatePort } = config;
  const publicHolder = await holderOf(host, port);
  const privateHolder = await holderOf("127.0.0.1", privatePort);
  const findings = [
    portFinding("port", port, publicHolder),
    portFinding("private port", privatePort, privateHolder),
  ];
  if (publicHolder === "chorus" && privateHolder !== "chorus") {
    return [...findings, { check: "ready", state: "warn", says: notAsked(privatePort) }];
  }
  return privateHolder === "chorus" ? [...findings, await readiness(privatePort)] : findings;
}

export function portFinding(check: string, port: number, holder: Holder): Finding {
  if (port === 0) return { check, state: "ok", says: "Any free one." };
  switch (holder) {
    case "free":
      return { check, state: "ok", says: `${port} is free.` };
    case "chorus":
      return { check, state: "ok", says: `A Chorus answers at ${port}.` };
    case "forbidden":
      return { check, state: "fail", says: `${port} may not be opened by this user: take one above 1023.` };
    case "other":
      return {
        check,
        state: "fail",
        says: `${port} is taken by another program: choose another --${check.replace(" ", "-")}.`,
      };
  }
}

function notAsked(privatePort: number): string {
  return `The Chorus there cannot be asked whether it is ready: ${privatePort} is not its private port.`;
}

async function readiness(privatePort: number): Promise<Finding> {
  const answer = await ask("127.0.0.1", privatePort, "readyz");
  if (answer?.ok === true)
    return { check: "ready", state: "ok", says: "The Chorus there is ready for clients." };
  const detail = answer === null ? "It does not answer." : detailOf(await answer.text());
  return { check: "ready", state: "fail", says: `The Chorus there is not ready. ${detail}` };
}

export async function holderOf(host: string, port: number): Promise<Holder> {
  if (port === 0) return "free";
  const answer = await ask(host, port, "healthz");
  if (answer?.ok === true && /^\{"ok":true\}$/.test((await answer.text()).trim())) return "chorus";
  return tryPort(host, port);
}

/** Null when nobody answers in time. */
async function ask(host: string, port: number, path: string): Promise<Response | null> {
  try {
    const signal = AbortSignal.timeout(answerWithinMs);
    return await fetch(`http://${reachable(host)}:${port}/${path}`, { signal, redirect: "error" });
  } catch {
    return null;
  }
}

/** Whoever listens everywhere listens on this machine too. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function tryPort(host: string, port: number): Promise<Holder> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code === "EACCES" ? "forbidden" : "other");
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve("free")));
  });
}

function detailOf(problem: string): string {
  const found = /"detail":"((?:[^"\\]|\\.)*)"/.exec(problem)?.[1];
  return found ?? "";
}
