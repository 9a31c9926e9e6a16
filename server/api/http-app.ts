import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import { apiLimits, type CountedLimit } from "./api-limits.ts";
import { type Problem, problem, written } from "./problem.ts";
import type { Handled, Route } from "./route.ts";

/** What is reported of HTTP. `route` is a path of the table, or "none". */
export type ApiObserver = {
  answered?(route: string, status: number): void;
  limit?(name: CountedLimit): void;
  /** A wrong program: nothing of it reaches the client. */
  failed?(route: string, error: unknown): void;
};

/** Fastify over a route table. Every error it knows becomes a problem here, and nowhere else. */
export function createHttpApp(routes: readonly Route[], observe: ApiObserver): FastifyInstance {
  const send: Send = (reply, handled) => {
    if ("problem" in handled && handled.limit !== undefined) observe.limit?.(handled.limit);
    return write(reply, handled);
  };
  const app = fastify({
    logger: false,
    bodyLimit: apiLimits.apiBodyBytesMax,
    routerOptions: { maxParamLength: apiLimits.paramCharsMax },
    frameworkErrors: (_error, _request, reply) => void send(reply, badAddress),
  });
  app.removeContentTypeParser("text/plain");
  app.addHook("onRequest", async (request, reply) => {
    if (request.is404) return send(reply, nothingHere);
  });
  app.addHook("onResponse", async (request, reply) => {
    observe.answered?.(request.routeOptions.url ?? "none", reply.statusCode);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const answer = problemOf(error);
    if (answer.problem === "fault") observe.failed?.(request.routeOptions.url ?? "none", error);
    return send(reply, answer);
  });
  for (const [path, those] of Map.groupBy(routes, (route) => route.path)) addPath(app, path, those, send);
  return app;
}

type Send = (reply: FastifyReply, handled: Handled) => FastifyReply;

const badAddress = problem("malformed", "Send an address whose parts are short and correctly encoded.");
const nothingHere = problem("not-found", "Look up the address: /v1/openapi.json lists those of the API.");

/** The methods that a path does not have are refused before their body is looked at. */
function addPath(app: FastifyInstance, url: string, routes: readonly Route[], send: Send): void {
  for (const { method, run } of routes) {
    app.route({
      method,
      url,
      handler: async ({ params, query, body, headers }, reply) =>
        send(reply, await run({ params, query, body, headers })),
    });
  }
  const allowed = routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  const allow = allowed.join(", ");
  const refusal = problem("method", `Use one of ${allow} here.`, { headers: { allow } });
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    onRequest: async (_request, reply) => send(reply, refusal),
    handler: async (_request, reply) => send(reply, refusal),
  });
}

function write(reply: FastifyReply, handled: Handled): FastifyReply {
  if ("take" in handled) {
    reply.hijack();
    handled.take(reply.request.raw, reply.raw);
    return reply;
  }
  if ("problem" in handled) {
    const { status, headers, body } = written(handled);
    return reply.code(status).headers(headers).send(body);
  }
  if ("json" in handled) {
    const body = Buffer.from(JSON.stringify(handled.json));
    return reply.code(handled.status).headers(jsonHeaders).send(body);
  }
  return reply
    .code(handled.status)
    .headers(handled.headers)
    .send(handled.bytes ?? undefined);
}

/** What is asked with a token is nobody else's, and a room changes by the moment. */
export const jsonHeaders = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
} as const;

function problemOf({ code, statusCode }: FastifyError): Problem {
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return problem("too-large", `Send at most ${apiLimits.apiBodyBytesMax} bytes.`, {
        limit: "apiBodyBytesMax",
      });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return problem("media-type", "Send the body as application/json.");
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return problem("malformed", "Send a JSON object as the body.");
  }
  const blamesClient = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return blamesClient
    ? problem("malformed", "Send a body that is JSON and as long as its header says.")
    : problem("fault", "Try again later; the server's log says what happened.");
}
