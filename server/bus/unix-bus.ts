import { createConnection } from "node:net";
import type { Bus } from "./bus.ts";
import { type BusOptions, boundsOf } from "./bus-options.ts";
import { createQueue, createSubscriptions } from "./delivery.ts";
import { encodeMessage, encodeSignal, kindOf, messageOf, subjectOf } from "./frame-codec.ts";
import { type Link, openLink } from "./unix-link.ts";
import { listenOn } from "./unix-listen.ts";

/** How long a peer waits before it tries again. No jitter: the hub has a handful of peers, all on this machine. */
const retryMs = 20;
const retryMsMax = 500;
/** What one hub serves. A peer beyond, or with more subjects, is disconnected. */
const peersMax = 256;
const subjectsPerPeerMax = 65_536;

/**
 * The hub of one machine's processes, itself an end. It passes a message to every other end that subscribed to the
 * subject. Its own `onReset` tells of overflow inside this process only: what a peer could not send, the peer knows.
 * @throws when another process listens on the path, or the path is not a socket.
 */
export async function listenUnixBus(path: string, options: BusOptions = {}): Promise<Bus> {
  const bounds = boundsOf(options);
  const own = createSubscriptions();
  const resets: (() => void)[] = [];
  const post = createQueue(bounds, own.deliver, () => resets.forEach((tell) => tell()));
  const links = new Map<Link, Set<string>>();
  const routes = new Map<string, Set<Link>>();
  let open = true;

  const server = await listenOn(path);
  server.maxConnections = peersMax;
  server.on("drop", () => bounds.onLost("too-many", 1));
  server.on("connection", (socket) => {
    const link = openLink(socket, bounds, {
      frame: (frame) => receive(link, frame),
      closed: () => forget(link),
    });
    links.set(link, new Set());
  });

  function receive(from: Link, frame: Buffer): void {
    switch (kindOf(frame)) {
      case "message":
        return relay(from, frame);
      case "ready":
        return from.send(Buffer.from(frame), 0);
      case "subscribe":
        return enter(from, subjectOf(frame));
      case "unsubscribe":
        return withdraw(from, subjectOf(frame));
    }
  }

  function relay(from: Link, frame: Buffer): void {
    const subject = subjectOf(frame);
    const message = messageOf(frame);
    if (message === null) return from.drop("malformed");
    const route = routes.get(subject);
    if (route !== undefined) send(route, Buffer.from(frame), from);
    own.deliver(subject, message);
  }

  function enter(link: Link, subject: string): void {
    const subjects = links.get(link);
    if (subjects === undefined) return;
    if (subjects.size >= subjectsPerPeerMax) return link.drop("too-many");
    subjects.add(subject);
    const route = routes.get(subject);
    if (route === undefined) routes.set(subject, new Set([link]));
    else route.add(link);
  }

  function withdraw(link: Link, subject: string): void {
    links.get(link)?.delete(subject);
    const route = routes.get(subject);
    route?.delete(link);
    if (route?.size === 0) routes.delete(subject);
  }

  function forget(link: Link): void {
    for (const subject of links.get(link) ?? []) withdraw(link, subject);
    links.delete(link);
  }

  return {
    publish(subject, message) {
      if (!open) return;
      const frame = encodeMessage(subject, message, bounds.frameBytesMax);
      if (frame === null) return bounds.onLost("too-large", 1);
      if (own.has(subject)) post(subject, message);
      const route = routes.get(subject);
      if (route !== undefined) send(route, frame, null);
    },
    subscribe: own.add,
    onReset: (tell) => void resets.push(tell),
    onReachable: (tell) => tell(true),
    close() {
      open = false;
      own.clear();
      resets.length = 0;
      server.close();
      for (const link of links.keys()) link.close();
    },
  };
}

function send(route: Set<Link>, frame: Buffer, except: Link | null): void {
  for (const link of route) {
    if (link !== except) link.send(frame, 1);
  }
}

/**
 * An end in another process than the hub. It connects again for ever. `onReset` follows every connection, the first
 * too, once the hub has taken the subscriptions back: what is asked for then, and what comes after, is not missed.
 */
export function connectUnixBus(path: string, options: BusOptions = {}): Bus {
  const bounds = boundsOf(options);
  const own = createSubscriptions();
  const resets: (() => void)[] = [];
  const changes: ((reachable: boolean) => void)[] = [];
  const post = createQueue(bounds, own.deliver, reset);
  let link: Link | null = null;
  let reachable = false;
  let open = true;
  let pauseMs = retryMs;
  let retry: NodeJS.Timeout | undefined;
  connect();

  function connect(): void {
    const opened = openLink(createConnection(path), bounds, { frame: receive, closed: disconnected });
    for (const subject of own.subjects()) opened.send(encodeSignal("subscribe", subject), 0);
    opened.send(encodeSignal("ready", ""), 0);
    link = opened;
  }

  function receive(frame: Buffer): void {
    const kind = kindOf(frame);
    if (kind === "ready") return connected();
    const message = kind === "message" ? messageOf(frame) : null;
    if (message === null) link?.drop("malformed");
    else own.deliver(subjectOf(frame), message);
  }

  function connected(): void {
    pauseMs = retryMs;
    change(true);
    reset();
  }

  function disconnected(): void {
    link = null;
    if (!open) return;
    retry = setTimeout(connect, pauseMs);
    pauseMs = Math.min(pauseMs * 2, retryMsMax);
    if (reachable) change(false);
  }

  function change(now: boolean): void {
    reachable = now;
    for (const tell of changes) tell(now);
  }

  function reset(): void {
    for (const tell of resets) tell();
  }

  return {
    publish(subject, message) {
      if (!open) return;
      const frame = encodeMessage(subject, message, bounds.frameBytesMax);
      if (frame === null) return bounds.onLost("too-large", 1);
      if (own.has(subject)) post(subject, message);
      if (reachable && link !== null) link.send(frame, 1);
      else bounds.onLost("disconnected", 1);
    },
    subscribe(subject, receive) {
      const known = own.has(subject);
      const stop = own.add(subject, receive);
      if (!known) link?.send(encodeSignal("subscribe", subject), 0);
      return () => {
        stop();
        if (!own.has(subject)) link?.send(encodeSignal("unsubscribe", subject), 0);
      };
    },
    onReset: (tell) => void resets.push(tell),
    onReachable(tell) {
      changes.push(tell);
      tell(reachable);
    },
    close() {
      open = false;
      clearTimeout(retry);
      own.clear();
      resets.length = 0;
      changes.length = 0;
      link?.close();
    },
  };
}
