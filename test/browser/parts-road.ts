import type { Page, Route } from "playwright-core";

/** What stands between a page and its playlists and parts, as proxies do that were made before there were parts. */
export type PartsRoad = {
  /** Requests for parts and those that wait for one get no answer or an error, or no playlist speaks of parts. */
  way: "open" | "silent" | "refused" | "stripped";
  /** For a page before it opens. */
  lay(page: Page): Promise<unknown>;
};

const partName = /\.\d+\.m4s$/;

export function aPartsRoad(): PartsRoad {
  const road: PartsRoad = { way: "open", lay: (page) => page.route(/\/hls\//, lead) };
  return road;

  async function lead(route: Route): Promise<void> {
    const url = new URL(route.request().url());
    const isOfParts = partName.test(url.pathname) || url.searchParams.has("_HLS_msn");
    if (road.way === "silent" && isOfParts) return;
    if (road.way === "refused" && isOfParts) return route.fulfill({ status: 502 });
    if (road.way !== "stripped" || !url.pathname.endsWith(".m3u8")) return route.continue();
    const response = await route.fetch();
    const body = (await response.text()).replaceAll(/#EXT-X-(?:PART|PRELOAD-HINT):.*\n/g, "");
    await route.fulfill({ response, body });
  }
}
