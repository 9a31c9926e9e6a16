import { type RoomId, RoomIdSchema } from "@chorus/protocol/ids.ts";
import { Type } from "typebox";
import { Compile } from "typebox/compile";
import { problem } from "./problem.ts";
import { type Handled, type Route, route } from "./route.ts";

/** In CSS pixels: what a chat asks for where there is room. */
const wished = { width: 400, height: 600 } as const;
const cacheSeconds = 3_600;

/**
 * Tells programs that are given the address of a room's page what to put on theirs (oEmbed 1.0, section 2.3). The frame has
 * the origin of the asked address, so that what a proxy made of this server's own does not matter; an address of any other
 * host is not this server's to embed.
 */
export function oembedRoute(): Route {
  return route({
    method: "GET",
    path: "/oembed",
    query: OembedQuerySchema,
    handle: ({ query, headers }) => {
      if ((query.format ?? "json") !== "json") return onlyJson;
      const asked = roomIn(query.url, headers.host);
      return asked === null ? noRoomPage : answer(asked, query.maxwidth, query.maxheight);
    },
  });
}

const SizeSchema = Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 }));
/** Consumers add parameters of their own. */
const OembedQuerySchema = Type.Object({
  url: Type.String({ maxLength: 2_048 }),
  format: Type.Optional(Type.String({ maxLength: 16 })),
  maxwidth: SizeSchema,
  maxheight: SizeSchema,
});
const isRoomId = Compile(RoomIdSchema);

/** What the specification asks for where a format is unknown. */
const onlyJson = problem("not-implemented", "Ask with format=json: there is no other format here.");
const noRoomPage = problem("not-found", "Give the address of a room's page on this server as url.");

type RoomPage = { readonly origin: string; readonly room: RoomId };

function roomIn(address: string, host: string | undefined): RoomPage | null {
  if (host === undefined || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol) || url.host !== host.toLowerCase()) return null;
  const room = /^\/(?:rooms|embed)\/([^/]+)\/?$/.exec(url.pathname)?.[1];
  return isRoomId.Check(room) ? { origin: url.origin, room } : null;
}

function answer({ origin, room }: RoomPage, widthMax?: number, heightMax?: number): Handled {
  const width = Math.min(wished.width, widthMax ?? wished.width);
  const height = Math.min(wished.height, heightMax ?? wished.height);
  const title = `Chat of ${room}`;
  const src = `${origin}/embed/${room}`;
  const described = {
    version: "1.0",
    type: "rich",
    provider_name: "Chorus",
    provider_url: origin,
    title,
    cache_age: cacheSeconds,
    width,
    height,
    html: `<iframe src="${src}" width="${width}" height="${height}" title="${title}" style="border:0" allow="clipboard-write"></iframe>`,
  };
  return {
    status: 200,
    bytes: Buffer.from(JSON.stringify(described)),
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": `public, max-age=${cacheSeconds}`,
      "access-control-allow-origin": "*",
    },
  };
}
