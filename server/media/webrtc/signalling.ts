import { randomBytes } from "node:crypto";
import { limits } from "@chorus/protocol/limits.ts";
import type { Connection, EngineRefusal, Refused } from "./engine.ts";
import { type Exchange, refuse, reply, type Reply } from "./exchange.ts";

/**
 * What WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) share: an endpoint that takes an offer by POST, and sessions that
 * are trickled to, restarted and ended. Nothing that a client sends makes it throw.
 */
export type Signalling = {
  handle(exchange: Exchange): Promise<Reply>;
  /** Sessions that are open. */
  readonly sessions: number;
};

export type IceServer = {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
};

export type SignallingOptions = {
  /** Connects, or says why not. */
  begin(exchange: Exchange): Promise<Begun | Refused | Reply>;
  /** Where a session is found: an absolute path or a URL. */
  location(room: string, session: string): string;
  iceServers(): readonly IceServer[];
};
export type Begun = { readonly ok: true; readonly answer: string; readonly connection: Connection };

const sdpType = "application/sdp";
const fragmentType = "application/trickle-ice-sdpfrag";
const endpointMethods = "POST, OPTIONS";
const sessionMethods = "PATCH, DELETE, OPTIONS";
const corsSeconds = "86400";
const retrySeconds = "5";

export function createSignalling({ begin, location, iceServers }: SignallingOptions): Signalling {
  const sessions = new Map<string, { readonly room: string; readonly connection: Connection }>();

  /** RFC 9725, 4.2. */
  async function post(exchange: Exchange): Promise<Reply> {
    if (typeOf(exchange) !== sdpType) {
      return refuse("media-type", `Send the offer as ${sdpType}.`, { "accept-post": sdpType });
    }
    if (exchange.body.length > limits.mediaSdpBytesMax) {
      return refuse("too-large", `An offer may have ${limits.mediaSdpBytesMax} bytes.`);
    }
    const begun = await begin(exchange);
    if ("status" in begun) return begun;
    if (!begun.ok) return refused(begun.refusal);
    const { answer, connection } = begun;
    const session = randomBytes(18).toString("base64url");
    keep(session, exchange.room, connection);
    return reply(
      201,
      {
        "content-type": sdpType,
        location: location(exchange.room, session),
        etag: tagOf(connection),
        "accept-patch": fragmentType,
        ...linksOf(iceServers()),
      },
      answer,
    );
  }

  function keep(session: string, room: string, connection: Connection): void {
    if (connection.state === "failed" || connection.state === "closed") return;
    sessions.set(session, { room, connection });
    connection.onState((state) => {
      if (state === "failed" || state === "closed") sessions.delete(session);
    });
  }

  async function atSession(exchange: Exchange, session: string): Promise<Reply> {
    const { method, room } = exchange;
    if (method !== "PATCH" && method !== "DELETE") return notAllowed(sessionMethods);
    const kept = sessions.get(session);
    if (kept === undefined || kept.room !== room) {
      return refuse("not-found", "The session has ended: begin a new one with POST.");
    }
    if (method === "PATCH") return patch(exchange, kept.connection);
    sessions.delete(session);
    kept.connection.close();
    return reply(200);
  }

  return {
    async handle(exchange) {
      const { method, session } = exchange;
      if (method === "OPTIONS") return options(session === null);
      if (session !== null) return atSession(exchange, session);
      return method === "POST" ? post(exchange) : notAllowed(endpointMethods);
    },
    get sessions() {
      return sessions.size;
    },
  };
}

/** RFC 9725, 4.3: candidates by their session's tag, restarts by any. */
async function patch(exchange: Exchange, connection: Connection): Promise<Reply> {
  if (typeOf(exchange) !== fragmentType) {
    return refuse("media-type", `Send candidates as ${fragmentType}.`, { "accept-patch": fragmentType });
  }
  if (exchange.body.length > limits.mediaFragmentBytesMax) {
    return refuse("too-large", `A fragment may have ${limits.mediaFragmentBytesMax} bytes.`);
  }
  const match = exchange.headers["if-match"];
  if (match === undefined) {
    return refuse("precondition", 'Send If-Match with the session\'s ETag, or "*" to restart ICE.');
  }
  const ours = tagOf(connection);
  if (match !== "*" && !match.split(",").some((tag) => tag.trim() === ours)) {
    return refuse("stale", "The session was restarted meanwhile: this is for an earlier one.");
  }
  if (!connection.restarts(exchange.body)) {
    const accepted = connection.candidates(exchange.body);
    return accepted.ok ? reply(204) : refused(accepted.refusal);
  }
  const restarted = await connection.restart(exchange.body);
  if (!restarted.ok) return refused(restarted.refusal);
  return reply(200, { "content-type": fragmentType, etag: tagOf(connection) }, restarted.fragment);
}

/** RFC 9725, 4.2 and 4.7: a preflight, and what may be posted. */
function options(endpoint: boolean): Reply {
  return reply(204, {
    allow: endpoint ? endpointMethods : sessionMethods,
    ...(endpoint ? { "accept-post": sdpType } : { "accept-patch": fragmentType }),
    "access-control-allow-methods": endpoint ? endpointMethods : sessionMethods,
    "access-control-allow-headers": "authorization, content-type, if-match",
    "access-control-max-age": corsSeconds,
  });
}

function notAllowed(allow: string): Reply {
  return refuse("method", `Here is ${allow} and nothing else.`, { allow });
}

function typeOf({ headers }: Exchange): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function tagOf({ ice }: Connection): string {
  return `"${ice}"`;
}

/** RFC 9725, 4.6. */
function linksOf(servers: readonly IceServer[]): Record<string, readonly string[]> {
  const links = servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) => {
      const login =
        username === undefined || credential === undefined
          ? ""
          : `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`;
      return `<${url}>; rel="ice-server"${login}`;
    }),
  );
  return links.length === 0 ? {} : { link: links };
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function refused(refusal: EngineRefusal): Reply {
  const retry = refusal.kind === "full" || refusal.kind === "unavailable";
  return refuse(refusal.kind, refusal.detail, retry ? { "retry-after": retrySeconds } : {});
}
