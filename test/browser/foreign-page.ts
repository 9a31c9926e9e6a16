import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** A page of somebody else: another origin, which Chorus may or may not let in. */
export type ForeignPage = { readonly origin: string; close(): Promise<void> };

/** @param htmlOf is asked at each request, with its path: what stands in it may be known only later. */
export async function servePage(htmlOf: (path: string) => string): Promise<ForeignPage> {
  const server = createServer(({ url = "/" }, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(`<!doctype html><html lang="en"><title>A page</title>${htmlOf(url)}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { origin: `http://localhost:${portOf(server)}`, close: () => closed(server) };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The page has no port.");
  return address.port;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
