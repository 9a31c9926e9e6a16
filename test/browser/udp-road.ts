import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Page, Route } from "playwright-core";

/** The way by which a page's WebRTC goes, in the hands of a test: real UDP, through a socket that lets through what it is told to. */
export type UdpRoad = {
  /** The share of packets that is lost, 0 to 1. At 1 nothing comes through, connectivity checks neither. */
  loss: number;
  /** For a page before it opens: what it is answered by WHEP leads over the road. */
  lay(page: Page): Promise<unknown>;
  close(): void;
};

const here = "127.0.0.1";
const candidate = /(a=candidate:\S+ 1 udp \d+) (\S+) (\d+) typ/gi;

export function aUdpRoad(): UdpRoad {
  const sockets: Socket[] = [];
  let seed = 42;
  const road: UdpRoad = {
    loss: 0,
    lay: (page) => page.route(/\/whep$/, lead),
    close: () => sockets.forEach((socket) => socket.close()),
  };
  return road;

  async function lead(route: Route): Promise<void> {
    if (route.request().method() !== "POST") return route.continue();
    const response = await route.fetch();
    const answer = await response.text();
    const [, , address, port] = [...answer.matchAll(candidate)][0] ?? [];
    if (address === undefined) return route.fulfill({ response });
    const entrance = await openRoad(address, Number(port));
    const body = answer.replaceAll(candidate, `$1 ${here} ${entrance} typ`);
    await route.fulfill({ response, body });
  }

  /** @returns the port at which it begins. */
  async function openRoad(address: string, port: number): Promise<number> {
    const [outside, inside] = [await bound(here), await bound("0.0.0.0")];
    let viewer: { address: string; port: number } | null = null;
    outside.on("message", (data, from) => {
      viewer = from;
      if (!isLost()) inside.send(data, port, address);
    });
    inside.on("message", (data) => {
      if (viewer !== null && !isLost()) outside.send(data, viewer.port, viewer.address);
    });
    return outside.address().port;
  }

  function isLost(): boolean {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32 < road.loss;
  }

  async function bound(to: string): Promise<Socket> {
    const socket = createSocket("udp4");
    sockets.push(socket);
    socket.bind(0, to);
    await once(socket, "listening");
    return socket;
  }
}
