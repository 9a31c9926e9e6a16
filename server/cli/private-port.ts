import { Compile } from "typebox/compile";
import { ProblemSchema } from "../api/problem.ts";
import type { Arguments, FlagTable } from "./arguments.ts";

/** How a command asks the Chorus that runs on this machine. */
export const privatePortFlag = {
  "private-port": {
    kind: "value",
    hint: "N",
    about: "The private port of the Chorus on this machine. Default: $CHORUS_PRIVATE_PORT, else 8081.",
  },
} as const satisfies FlagTable;

const privatePortUsual = 8_081;
const portMax = 65_535;
const answerWithinMs = 15_000;
const isProblem = Compile(ProblemSchema);

export type PrivateAnswer = { port: number; status: number; body: unknown };

export function readPrivatePort(
  given: Pick<Arguments<typeof privatePortFlag>, "problem" | "text" | "integer">,
): number {
  if (given.text("private-port") !== null) return given.integer("private-port", 1, portMax);
  const inEnv = process.env["CHORUS_PRIVATE_PORT"] ?? "";
  const port = inEnv === "" ? privatePortUsual : Number(inEnv);
  if (Number.isInteger(port) && port >= 1 && port <= portMax) return port;
  given.problem(
    `CHORUS_PRIVATE_PORT must be a whole number from 1 to ${portMax}, not ${JSON.stringify(inEnv)}.`,
  );
  return privatePortUsual;
}

/** @param body of the request; undefined for none. */
export async function askPrivately(
  method: "PUT" | "POST",
  port: number,
  path: string,
  body?: object,
): Promise<PrivateAnswer | { failure: string }> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
      redirect: "error",
    });
    return { port, status: answer.status, body: parsed(await answer.text()) };
  } catch {
    return {
      failure: `No Chorus answers at port ${port} of this machine: start one, or give its private port with --private-port.`,
    };
  }
}

/** What to say of an answer that is not the one that was asked for. */
export function failureIn({ port, status, body }: PrivateAnswer, undone: string): string {
  if (!isProblem.Check(body))
    return `What answers at port ${port} is not the private port of a Chorus: give it with --private-port.`;
  if (status === 401 || status === 404)
    return `${port} is the public port of a Chorus: give the private one with --private-port, which is the next unless \`start\` was told otherwise.`;
  return `${undone}: ${body.detail}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
