import type { FastifyInstance } from "fastify";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Gateway } from "../gateway/state.ts";
import type { ReadTickets } from "../identity/read-ticket.ts";
import type { TokenVerifier } from "../identity/verify-token.ts";
import { createPolledRooms, type PolledRooms } from "../segments/polled-rooms.ts";
import type { SegmentsObserver } from "../segments/room-segments.ts";
import { createSignedPrefixes } from "../segments/signed-prefix.ts";
import { loadAssets } from "./assets.ts";
import { commandRoute } from "./command-route.ts";
import { createFront, type FrontConfig, type HttpHandler } from "./front.ts";
import { healthRoutes } from "./health-routes.ts";
import { type ApiObserver, createHttpApp } from "./http-app.ts";
import { openApiOf } from "./openapi.ts";
import { type MediaPlace, mediaRoute } from "./media-place.ts";
import { oembedRoute } from "./oembed-route.ts";
import { pageRoutes } from "./page-routes.ts";
import { roomPageRoutes } from "./room-page-routes.ts";
import { roomRoutes } from "./room-routes.ts";
import { streamRoutes } from "./stream-routes.ts";
import { segmentRoutes } from "./segment-routes.ts";
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
  /** What the gateways of a server share, and sign with. */
  secret: Uint8Array;
  /** Default: no pictures. */
  media?: MediaPlace;
  /** Whether those who poll a room may open sockets again. Default: always. */
  socketsWelcome?(room: RoomId): boolean;
  observe?: ApiObserver & SegmentsObserver;
};

/**
 * The public half of HTTP, for a server that somebody else opens: `handle` takes its requests, and the sockets that become
 * WebSockets never come here.
 */
export async function publicHandler(
  options: PublicApiOptions,
): Promise<{ handle: HttpHandler; close(): Promise<void> }> {
  const { gateway, config, observe = {} } = options;
  const rooms = createPolledRooms(gateway, observe);
  const app = createPublicApi(options, rooms);
  await app.ready();
  const { id, bus, clock } = gateway;
  const front = createFront({ config, id, bus, clock, observe }, (request, response) => {
    app.routing(request, response);
  });
  return {
    handle: front.handle,
    close() {
      front.close();
      rooms.close();
      return app.close();
    },
  };
}

function createPublicApi(options: PublicApiOptions, rooms: PolledRooms): FastifyInstance {
  const { gateway, tokens, anyToken, tickets, config, root, media = null, observe = {} } = options;
  const { socketsWelcome = (room: RoomId) => gateway.feeds.get(room)?.tally?.polled !== true } = options;
  const keeperHeardAt = () => (gateway.keeper === null ? null : gateway.keeperHeardAt);
  const prefixes = createSignedPrefixes(options.secret);
  const api = [
    ...roomRoutes(gateway, tokens),
    ...streamRoutes(gateway, config, anyToken, tickets),
    commandRoute(gateway, anyToken),
    ...segmentRoutes({ gateway, tokens: anyToken, rooms, prefixes, socketsWelcome }),
    mediaRoute(media),
    ...healthRoutes(keeperHeardAt, () => gateway.clock.now()),
  ];
  const assets = loadAssets(root);
  const ofRooms = roomPageRoutes(gateway, assets, config.origins, media);
  const pages = [...pageRoutes(assets), ...ofRooms, oembedRoute()];
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
