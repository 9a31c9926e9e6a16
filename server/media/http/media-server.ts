import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { limits } from "@chorus/protocol/limits.ts";
import { healthRoutes } from "../../api/health-routes.ts";
import { type ApiObserver, createHttpApp } from "../../api/http-app.ts";
import { createHttpServer } from "../../api/http-bounds.ts";
import { openApiOf } from "../../api/openapi.ts";
import { type Route, route } from "../../api/route.ts";
import { boundSockets } from "../../api/socket-bounds.ts";
import type { Config } from "../../config.ts";
import { createMediaFront, type MediaFrontOptions } from "./media-front.ts";

export type MediaServerOptions = Omit<MediaFrontOptions, "config"> & {
  config: Config;
  port: number;
  keeperHeardAt: Parameters<typeof healthRoutes>[0];
  routes: readonly Route[];
  /** What is asked for so often that nothing stands before it: true when it answers. */
  first(request: IncomingMessage, response: ServerResponse): boolean;
  /** What is no part of the API in JSON: true when it answers. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
};

/** The port of pictures. @throws when it cannot be opened. */
export async function startMediaServer(
  options: MediaServerOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const { config, clock, observe } = options;
  const app = mediaApp(options, observe);
  await app.ready();
  const handle = createMediaFront({ config, clock, observe }, (request, response) => {
    if (!options.answer(request, response)) app.routing(request, response);
  });
  const server = createHttpServer((request, response) => {
    if (!options.first(request, response)) handle(request, response);
  }, observe);
  boundSockets(server, config, observe);
  cutOffWhoReadsNothing(server, observe);
  await new Promise<void>((listening, failed) => {
    server.once("error", failed).listen(options.port, config.host, listening);
  });
  const address = server.address();
  return {
    port: address === null || typeof address === "string" ? options.port : address.port,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await app.close();
    },
  };
}

/** Who asks for a picture and takes none of it in holds it in memory. */
function cutOffWhoReadsNothing(server: Server, observe: ApiObserver): void {
  server.setTimeout(limits.mediaUnreadMs, (socket) => {
    if (socket.writableLength > 0) observe.limit?.("mediaUnreadMs");
    socket.destroy();
  });
}

function mediaApp({ clock, keeperHeardAt, routes }: MediaServerOptions, observe: ApiObserver) {
  const api = [...routes, ...healthRoutes(keeperHeardAt, () => clock.now())];
  const document = openApiOf("Chorus, pictures", api);
  const describing = route({
    method: "GET",
    path: "/v1/openapi.json",
    handle: () => ({ status: 200, json: document }),
  });
  return createHttpApp([...api, describing], observe);
}
