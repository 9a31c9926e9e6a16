import { type TSchema, Type } from "typebox";
import { type ProblemName, problems, ProblemSchema } from "./problem.ts";
import type { About, Route } from "./route.ts";

/** The description of the API (OpenAPI 3.1), made of the very schemas that requests are checked with. */
export function openApiOf(title: string, routes: readonly Route[]): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    if (route.about === null) continue;
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, route.about) };
  }
  return {
    openapi: "3.1.1",
    info: { title, version: "1" },
    paths,
    components: {
      schemas: { Problem: ProblemSchema },
      securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operationOf({ params, query, body, answer }: Route, about: About): unknown {
  const responses = Object.fromEntries(
    Object.entries(about.answers).map(([status, description]) => [
      status,
      {
        description,
        ...(answer === undefined ? {} : { content: { "application/json": { schema: answer } } }),
      },
    ]),
  );
  return {
    operationId: about.name,
    summary: about.summary,
    ...(about.token === "none"
      ? {}
      : { security: about.token === "optional" ? [{}, { token: [] }] : [{ token: [] }] }),
    parameters: [...parametersOf("path", params), ...parametersOf("query", query)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: body } } } }),
    responses: { ...responses, ...problemResponses(about.problems) },
  };
}

function parametersOf(where: "path" | "query", schema: TSchema | undefined): unknown[] {
  if (schema === undefined || !Type.IsObject(schema)) return [];
  const required = new Set<string>(schema.required ?? []);
  return Object.entries(schema.properties).map(([name, part]) => ({
    name,
    in: where,
    required: required.has(name),
    schema: part,
  }));
}

/** Problems of one status share its line. */
function problemResponses(names: readonly ProblemName[]): Record<string, unknown> {
  const byStatus = Map.groupBy(names, (name) => problems[name].status);
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      String(status),
      { description: those.map((name) => `${problems[name].title} (${name})`).join("; "), content },
    ]),
  );
}
