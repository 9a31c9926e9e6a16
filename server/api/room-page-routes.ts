import type { IncomingHttpHeaders } from "node:http";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Origins } from "../config.ts";
import type { Gateway } from "../gateway/state.ts";
import { apiLimits } from "./api-limits.ts";
import { type Asset, type Assets, assetOf, variantOf } from "./assets.ts";
import { answer, AnyQuerySchema } from "./page-routes.ts";
import { RoomPathSchema } from "./room-answers.ts";
import { standingOf } from "./room-standing.ts";
import { type Route, route } from "./route.ts";
import { framedBy } from "./security-headers.ts";

/**
 * The pages that people see of a room. Whether there is such a room is what the chat in them finds out and says: the pages
 * are the same for all rooms, but for who may frame them.
 */
export function roomPageRoutes(gateway: Gateway, assets: Assets, origins: Origins): Route[] {
  return [
    route({
      method: "GET",
      path: "/rooms/:room",
      params: RoomPathSchema,
      query: AnyQuerySchema,
      handle: ({ params, headers }) => answer(viewerOf(params.room, headers), headers),
    }),
    route({
      method: "GET",
      path: "/embed/:room",
      params: RoomPathSchema,
      query: AnyQuerySchema,
      handle: async ({ params, headers }) => {
        const framers = await framersOf(params.room);
        const page = variantOf(assets.page("embed"), framers.toString());
        return answer(page, headers, framedBy(framers));
      },
    }),
  ];

  /**
   * What the room says, or else the server: also where there is no such room or its keeper does not answer, since a frame
   * that stays empty tells nobody why.
   */
  async function framersOf(room: RoomId): Promise<Origins> {
    const standing = await standingOf(gateway, room, null, apiLimits.framersWithinMs);
    return "problem" in standing || standing.settings.framedBy.length === 0
      ? origins
      : standing.settings.framedBy;
  }

  /** The page names its room in one place: where others learn how to embed it. */
  function viewerOf(room: RoomId, headers: IncomingHttpHeaders): Asset | null {
    const page = assets.page("viewer");
    if (page === null) return null;
    const text = Buffer.from(page.bytes).toString("utf8");
    const link = oembedLink(originOf(headers), room);
    return assetOf(page.type, Buffer.from(text.replace(place, () => link)));
  }
}

const place = "<!-- oembed -->";
/** What a host and port are written with. Whatever else a client sends as its host does not come into a page. */
const hostPattern = /^[a-z0-9._:[\]-]{1,255}$/i;

/** Behind a proxy that ends TLS only the proxy knows the scheme. Who lies about it gets a wrong link, and nobody else does. */
function originOf({ host = "", "x-forwarded-proto": proto }: IncomingHttpHeaders): string | null {
  return hostPattern.test(host) ? `${proto === "https" ? "https" : "http"}://${host}` : null;
}

/** A room's name needs no escapes, neither in an address nor in an attribute. */
function oembedLink(origin: string | null, room: RoomId): string {
  if (origin === null) return "";
  const page = encodeURIComponent(`${origin}/rooms/${room}`);
  const href = `${origin}/oembed?format=json&amp;url=${page}`;
  return `<link rel="alternate" type="application/json+oembed" href="${href}" title="Chat" />`;
}
