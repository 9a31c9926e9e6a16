import type { CloseCode } from "@chorus/protocol/close-codes.ts";
import type { RefusalReason } from "@chorus/protocol/refusals.ts";
import type { ServerResponse } from "node:http";
import { Type } from "typebox";
import type { CountedLimit } from "./api-limits.ts";

/**
 * Everything that HTTP can answer instead of what was asked for (RFC 9457), in one table. A problem is a value; only
 * what Fastify and Node throw is turned into one.
 */
export const problems = {
  malformed: { status: 400, title: "The request is malformed" },
  unauthorised: { status: 401, title: "A token is needed" },
  forbidden: { status: 403, title: "This is not allowed" },
  "forbidden-origin": { status: 403, title: "This origin is not allowed" },
  "no-such-room": { status: 404, title: "There is no such room" },
  "not-found": { status: 404, title: "There is nothing here" },
  method: { status: 405, title: "The method is not possible here" },
  timeout: { status: 408, title: "The request took too long" },
  refused: { status: 409, title: "The room refused it" },
  "too-large": { status: 413, title: "The body is too large" },
  "media-type": { status: 415, title: "The body is of another type" },
  misdirected: { status: 421, title: "This server has another name" },
  rate: { status: 429, title: "Too many requests" },
  "header-too-large": { status: 431, title: "The header is too large" },
  fault: { status: 500, title: "The server failed" },
  "not-implemented": { status: 501, title: "This server cannot do this" },
  unavailable: { status: 503, title: "This cannot be answered at the moment" },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof problems;

export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: "urn:chorus:problem: and the problem's name, for programs" }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: "One sentence that says what to do" }),
    limit: Type.Optional(Type.String({ description: "The name of the limit that was reached" })),
    close: Type.Optional(
      Type.Integer({
        description: "The close code that a WebSocket would have ended with; see docs/protocol.md",
      }),
    ),
    reason: Type.Optional(
      Type.String({ description: "Why a room refused a command, as in the frame refused" }),
    ),
  },
  { description: "A problem of RFC 9457" },
);

export type Problem = {
  readonly problem: ProblemName;
  readonly detail: string;
  readonly limit?: CountedLimit;
  readonly reason?: RefusalReason;
  readonly close?: CloseCode;
  readonly headers?: Readonly<Record<string, string>>;
};
type More = Omit<Problem, "problem" | "detail" | "headers"> & {
  retryMs?: number;
  headers?: Readonly<Record<string, string>>;
};

export function problem(name: ProblemName, detail: string, more: More = {}): Problem {
  const { retryMs, headers = {}, ...rest } = more;
  if (retryMs === undefined) return { problem: name, detail, ...rest, headers };
  const seconds = Math.max(1, Math.ceil(retryMs / 1_000));
  return { problem: name, detail, ...rest, headers: { ...headers, "retry-after": String(seconds) } };
}

export type Written = { status: number; headers: Record<string, string>; body: Buffer };

export function written(of: Problem): Written {
  const { status, title } = problems[of.problem];
  const { detail, limit, close, reason } = of;
  const type = `urn:chorus:problem:${of.problem}`;
  const body = Buffer.from(JSON.stringify({ type, title, status, detail, limit, close, reason }));
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      "content-length": String(body.length),
      "cache-control": "no-store",
      ...of.headers,
    },
    body,
  };
}

/** Answers without a route. */
export function sendProblem(response: ServerResponse, of: Problem): void {
  const { status, headers, body } = written(of);
  response.writeHead(status, headers).end(body);
}
