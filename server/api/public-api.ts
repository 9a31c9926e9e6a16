import type { FastifyInstance } from "fastify";
import type { Gateway } from "../gateway/state.ts";
import type { ReadTickets } from "../identity/read-ticket.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import { loadAssets } from "./assets.ts";
import { commandRoute } from "./command-route.ts";
import { createFront, type FrontConfig, type HttpHandler } from "./front.ts";
import { healthRoutes } from "./health-routes.ts";
import { type ApiObserver, createHttpApp } from "./http-app.ts";
import { openApiOf } from "./openapi.ts";
import { oembedRoute } from "./oembed-route.ts";
import { pageRoutes } from "./page-routes.ts";
import { roomPageRoutes } from "./room-page-routes.ts";
import { roomRoutes } from "./room-routes.ts";
import { streamRoutes } from "./stream-routes.ts";
import { type Route, route } from "./route.ts";

export type PublicApiOptions = {
  gateway: Gateway;
  tokens: TokenVerifier;
  /** For what people do as on a connection: resume tokens and guests' tokens too. */
  anyToken: TokenVerifier;
  tickets: Pick<ReadTickets, "issue">;
  config: FrontConfig;
  /** The folder that holds `console`, `sdk`, `protocol` and `elements`. */
  root: string;
  observe?: ApiObserver;
};

/**
 * The public half of HTTP, for a server that somebody else opens: `handle` takes its requests, and the sockets that become
 * WebSockets never come here.
 */
export async function publicHandler(
  options: PublicApiOptions,
): Promise<{ handle: HttpHandler; close(): Promise<void> }> {
  const { gateway, config, observe = {} } = options;
  const app = createPublicApi(options);
  await app.ready();
  const { id, bus, clock } = gateway;
  const front = createFront({ config, id, bus, clock, observe }, (request, response) => {
    app.routing(request, response);
  });
  return {
    handle: front.handle,
    close() {
      front.close();
      return app.close();
    },
  };
}

export function createPublicApi({
  gateway,
  tokens,
  anyToken,
  tickets,
  config,
  root,
  observe = {},
}: PublicApiOptions): FastifyInstance {
  const keeperHeardAt = () => (gateway.keeper === null ? null : gateway.keeperHeardAt);
  const api = [
    ...roomRoutes(gateway, tokens),
    ...streamRoutes(gateway, config, anyToken, tickets),
    commandRoute(gateway, anyToken),
    ...healthRoutes(keeperHeardAt, () => gateway.clock.now()),
  ];
  const assets = loadAssets(root);
  const pages = [...pageRoutes(assets), ...roomPageRoutes(gateway, assets, config.origins), oembedRoute()];
  return createHttpApp([...api, describing("Chorus", api), ...pages], observe);
}

function describing(title: string, routes: readonly Route[]): Route {
  const document = openApiOf(title, routes);
  return route({
    method: "GET",
    path: "/v1/openapi.json",
    handle: () => ({ status: 200, json: document }),
  });
}
