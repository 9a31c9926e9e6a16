import type { IncomingHttpHeaders } from "node:http";
import type { RoomId } from "@chorus/protocol/ids.ts";
import type { Origins } from "../config.ts";
import type { Gateway } from "../gateway/state.ts";
import { apiLimits } from "./api-limits.ts";
import { type Asset, type Assets, assetOf, variantOf } from "./assets.ts";
import { answer, AnyQuerySchema } from "./page-routes.ts";
import { RoomPathSchema } from "./room-answers.ts";
import { standingOf } from "./room-standing.ts";
import { originOf } from "./host-origin.ts";
import { type MediaPlace, mediaUrlOf } from "./media-place.ts";
import { type Handled, type Route, route } from "./route.ts";
import { framedBy, policyWithMedia } from "./security-headers.ts";

/**
 * The pages that people see of a room. Whether there is such a room is what the chat in them finds out and says: the pages
 * are the same for all rooms, but for who may frame them.
 */
export function roomPageRoutes(
  gateway: Gateway,
  assets: Assets,
  origins: Origins,
  media: MediaPlace,
): Route[] {
  return [
    route({
      method: "GET",
      path: "/rooms/:room",
      params: RoomPathSchema,
      query: AnyQuerySchema,
      handle: ({ params, headers }) => withPictures(viewerOf(params.room, headers), headers),
    }),
    route({
      method: "GET",
      path: "/studio/:room",
      params: RoomPathSchema,
      query: AnyQuerySchema,
      handle: ({ headers }) => withPictures(assets.page("studio"), headers),
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

  /** The policy names the place of the pictures by the host that was asked: who lies about it shuts out only themselves. */
  function withPictures(page: Asset | null, headers: IncomingHttpHeaders): Handled {
    const url = mediaUrlOf(media, headers);
    if (url === null) return answer(page, headers);
    const policy = policyWithMedia(new URL(url).origin);
    return answer(variantOf(page, url), headers, { "content-security-policy": policy });
  }

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
/** A room's name needs no escapes, neither in an address nor in an attribute. */
function oembedLink(origin: string | null, room: RoomId): string {
  if (origin === null) return "";
  const page = encodeURIComponent(`${origin}/rooms/${room}`);
  const href = `${origin}/oembed?format=json&amp;url=${page}`;
  return `<link rel="alternate" type="application/json+oembed" href="${href}" title="Chat" />`;
}
