import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { explain } from "@chorus/protocol/explain.ts";
import { type Static, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";
import { type Problem, problem, type ProblemName } from "./problem.ts";

/**
 * One line of the route table: how a request is checked, what is done, and what the description of the API says about it,
 * all from the same schemas.
 */
export type Route = {
  readonly method: "GET" | "POST" | "PUT";
  /** `:name` stands for a segment, `*` for the rest. */
  readonly path: string;
  /** Null: no part of the described API. */
  readonly about: About | null;
  readonly params: TSchema | undefined;
  readonly query: TSchema;
  readonly body: TSchema | undefined;
  readonly answer: TSchema | undefined;
  run(request: RouteRequest): Promise<Handled>;
};
export type About = {
  readonly name: string;
  readonly summary: string;
  readonly token: "none" | "optional" | "required";
  /** What each status says. */
  readonly answers: Readonly<Record<number, string>>;
  readonly problems: readonly ProblemName[];
};

export type RouteRequest = { params: unknown; query: unknown; body: unknown; headers: IncomingHttpHeaders };
export type Handled<T = unknown> =
  | { readonly status: number; readonly json: T }
  | {
      readonly status: number;
      readonly bytes: Uint8Array | null;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** The route answers by itself. */
  | { readonly take: (request: IncomingMessage, response: ServerResponse) => void }
  | Problem;

type Typed<P extends TSchema, Q extends TSchema, B extends TSchema, A extends TSchema> = {
  method: Route["method"];
  path: string;
  about?: About;
  params?: P;
  /** Without it there is no query. */
  query?: Q;
  body?: B;
  answer?: A;
  handle(request: {
    params: Static<P>;
    query: Static<Q>;
    body: Static<B>;
    headers: IncomingHttpHeaders;
  }): Handled<Static<A>> | Promise<Handled<Static<A>>>;
};

/** The one place where a request becomes meaning: behind it every part has the type of its schema. */
export function route<
  P extends TSchema = Type.TUnknown,
  Q extends TSchema = Type.TUnknown,
  B extends TSchema = Type.TUnknown,
  A extends TSchema = Type.TUnknown,
>(typed: Typed<P, Q, B, A>): Route {
  const { method, path, about = null, params, query = NoQuerySchema, body, answer, handle } = typed;
  const checks = [
    checkOf("path", params, (request) => request.params),
    checkOf("query", query, (request) => request.query),
    bodyCheckOf(body),
  ];
  async function run(request: RouteRequest): Promise<Handled> {
    const read = { ...request, query: withIntegers(query, request.query) };
    for (const check of checks) {
      const detail = check(read);
      if (detail !== null) return problem("malformed", detail);
    }
    return handle(read as Parameters<typeof handle>[0]);
  }
  return { method, path, about, params, query, body, answer, run };
}

const NoQuerySchema = Type.Object({}, { additionalProperties: false });

type Check = (request: RouteRequest) => string | null;

function checkOf(
  where: string,
  schema: TSchema | undefined,
  partOf: (request: RouteRequest) => unknown,
): Check {
  if (schema === undefined) return () => null;
  const validator = Compile(schema);
  return (request) => {
    const part = partOf(request);
    return validator.Check(part) ? null : deepestFlaw(where, validator.Errors(part));
  };
}

/** A body is written by hand, so what is wrong with it is said in the words of the protocol, which say what to write. */
function bodyCheckOf(schema: TSchema | undefined): Check {
  if (schema === undefined) return () => null;
  const validator = Compile(schema);
  return ({ body }) => {
    if (validator.Check(body)) return null;
    const sentence = explain(schema, body, "the body");
    return `${sentence.startsWith('"') ? "In the body, " : ""}${sentence}`;
  };
}

type Flaw = { instancePath: string; message: string; keyword: string };

/** Of all flaws the one deepest in the value, since the outer ones only repeat that something inside is wrong. */
function deepestFlaw(where: string, flaws: Iterable<Flaw>): string {
  let deepest: Flaw | undefined;
  for (const flaw of flaws) {
    if (deepest === undefined || flaw.instancePath.length > deepest.instancePath.length) deepest = flaw;
  }
  if (deepest === undefined || deepest.instancePath === "") {
    return `The ${where} ${deepest?.message ?? "is not of the documented shape"}: see /v1/openapi.json.`;
  }
  const name = JSON.stringify(deepest.instancePath.slice(1).replaceAll("/", ".").slice(0, 64));
  const what = deepest.keyword === "boolean" ? "is not known there" : deepest.message;
  return `In the ${where}, ${name} ${what}: see /v1/openapi.json.`;
}

/** A query is text; what its schema calls an integer becomes one if it looks like one. */
function withIntegers(schema: TSchema, query: unknown): unknown {
  if (!Type.IsObject(schema) || typeof query !== "object" || query === null) return query;
  const entries = Object.entries(query).map(([name, value]: [string, unknown]) => {
    const integer =
      typeof value === "string" && /^\d{1,16}$/.test(value) && typeIn(schema.properties[name]) === "integer";
    return [name, integer ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function typeIn(schema: TSchema | undefined): unknown {
  return schema !== undefined && "type" in schema ? schema.type : undefined;
}
