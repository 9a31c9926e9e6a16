import type { IncomingHttpHeaders } from "node:http";
import { explain } from "@chorus/protocol/explain.ts";
import { RoomIdSchema } from "@chorus/protocol/ids.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { type Asset, type Assets, packedOf } from "./assets.ts";
import { accepts } from "./content-coding.ts";
import { problem } from "./problem.ts";
import { type Handled, type Route, route } from "./route.ts";
import { forAnyPage } from "./security-headers.ts";

/**
 * The way to a room's page, what the pages are made of, and what pages of any origin load by one tag. Of the last browsers
 * ask again after a while only, since sites that Chorus does not know wait for it; of all others they ask each time.
 */
export function pageRoutes(assets: Assets): Route[] {
  return [
    route({
      method: "GET",
      path: "/",
      query: AnyQuerySchema,
      handle: ({ query }) => toRoom(new Map(Object.entries(query ?? {}))),
    }),
    route({
      method: "GET",
      path: "/assets/*",
      params: Type.Object({ "*": Type.String() }),
      query: AnyQuerySchema,
      handle: ({ params, headers }) => answer(assets.file(`/assets/${params["*"]}`), headers),
    }),
    route({
      method: "GET",
      path: "/elements/*",
      params: Type.Object({ "*": Type.String() }),
      query: AnyQuerySchema,
      handle: ({ params, headers }) => answer(assets.file(`/elements/${params["*"]}`), headers, forEverybody),
    }),
  ];
}

const usualRoom = "demo";
const isRoomId = Compile(RoomIdSchema);

/** What else stands in the query is the page's, and the fragment is kept by browsers, which send it nowhere. */
function toRoom(query: ReadonlyMap<string, unknown>): Handled {
  const named = query.get("room");
  const room = named === undefined || named === "" ? usualRoom : named;
  if (!isRoomId.Check(room)) return problem("malformed", explain(RoomIdSchema, room, "the room"));
  const rest = new URLSearchParams();
  for (const [name, value] of query) {
    if (name !== "room") for (const one of [value].flat()) rest.append(name, String(one));
  }
  const location = `/rooms/${room}${rest.size === 0 ? "" : `?${rest}`}`;
  return { status: 307, bytes: null, headers: { location, "cache-control": "no-cache" } };
}

/** A query of a page is the page's own, and links get others on their way. */
export const AnyQuerySchema = Type.Unknown();
const noFile = problem("not-found", "Check the address: there is no such file.");
const forEverybody = {
  "cache-control": "public, max-age=300",
  "access-control-allow-origin": "*",
  ...forAnyPage,
};

/** @param more headers that stand beside or instead of those of every file. */
export function answer(
  asset: Asset | null,
  asked: IncomingHttpHeaders,
  more: Readonly<Record<string, string>> = {},
): Handled {
  if (asset === null) return noFile;
  const packed = accepts(asked, "gzip") ? packedOf(asset) : null;
  const { etag, type, bytes } = packed ?? asset;
  const encoding = packed === null ? {} : { "content-encoding": "gzip" };
  const headers = {
    etag,
    "cache-control": "no-cache",
    vary: "Origin, Accept-Encoding",
    ...encoding,
    ...more,
  };
  const known = asked["if-none-match"];
  if (known?.includes(etag) === true) return { status: 304, bytes: null, headers };
  return { status: 200, bytes, headers: { ...headers, "content-type": type } };
}
