import type { IncomingHttpHeaders } from "node:http";
import { Type } from "typebox";
import type { MediaConfig } from "../media-config.ts";
import { originOf } from "./host-origin.ts";
import { type Route, route } from "./route.ts";

/** Where browsers find the pictures of this server, which are on a port of their own; null: nowhere. */
export type MediaPlace = Pick<MediaConfig, "port" | "url"> | null;

/** As the operator said, or else the host that was asked, at the port of pictures. Null too where a client names no host. */
export function mediaUrlOf(place: MediaPlace, headers: IncomingHttpHeaders): string | null {
  if (place === null) return null;
  if (place.url !== null) return place.url;
  const origin = originOf(headers);
  if (origin === null || !URL.canParse(origin)) return null;
  const url = new URL(origin);
  url.port = String(place.port);
  return url.origin;
}

export function mediaRoute(place: MediaPlace): Route {
  return route({
    method: "GET",
    path: "/v1/media",
    about: {
      name: "getMedia",
      summary: "Where the pictures of this server are",
      token: "none",
      answers: { 200: "Their address, which has an API of its own; null where no picture passes" },
      problems: ["rate"],
    },
    answer: MediaSchema,
    handle: ({ headers }) => ({ status: 200, json: { url: mediaUrlOf(place, headers) } }),
  });
}

const MediaSchema = Type.Object({ url: Type.Union([Type.String(), Type.Null()]) });
