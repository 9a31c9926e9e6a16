import type { IncomingHttpHeaders } from "node:http";
import { Type } from "typebox";
import type { Asset, Assets } from "./assets.ts";
import { problem } from "./problem.ts";
import { type Handled, type Route, route } from "./route.ts";

/** The page and what it is made of. Browsers keep it and ask each time whether it is still the same. */
export function pageRoutes(assets: Assets): Route[] {
  return [
    route({
      method: "GET",
      path: "/",
      query: AnyQuerySchema,
      handle: ({ headers }) => answer(assets.page(), headers),
    }),
    route({
      method: "GET",
      path: "/assets/*",
      params: Type.Object({ "*": Type.String() }),
      query: AnyQuerySchema,
      handle: ({ params, headers }) => answer(assets.file(`/assets/${params["*"]}`), headers),
    }),
  ];
}

/** A query of a page is the page's own, and links get others on their way. */
const AnyQuerySchema = Type.Unknown();
const noFile = problem("not-found", "Check the address: there is no such file.");

function answer(asset: Asset | null, asked: IncomingHttpHeaders): Handled {
  if (asset === null) return noFile;
  const { etag, type, bytes } = asset;
  const headers = { etag, "cache-control": "no-cache" };
  const known = asked["if-none-match"];
  if (known?.includes(etag) === true) return { status: 304, bytes: null, headers };
  return { status: 200, bytes, headers: { ...headers, "content-type": type } };
}
