/** A request of WHIP or WHEP and its answer, whatever carries them. */
export type Exchange = {
  readonly method: string;
  readonly room: string;
  /** The last part of a session's path, null at the endpoint itself. */
  readonly session: string | null;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** The client's IP address, null where none counts. */
  readonly address: string | null;
};
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
};

/** Problems of RFC 9457 that signalling can have; `detail` is one sentence that says what to do. */
const problems = {
  malformed: { status: 400, title: "The request is malformed" },
  "not-found": { status: 404, title: "There is nothing here" },
  method: { status: 405, title: "The method is not possible here" },
  "not-live": { status: 409, title: "There is nothing to watch yet" },
  stale: { status: 412, title: "The session has changed meanwhile" },
  "too-large": { status: 413, title: "The body is too large" },
  "media-type": { status: 415, title: "The body is of another type" },
  unsupported: { status: 422, title: "The offer cannot be served" },
  precondition: { status: 428, title: "If-Match is needed" },
  full: { status: 503, title: "There is no room for more" },
  unavailable: { status: 503, title: "This cannot be answered at the moment" },
} as const;
export type SignalProblem = keyof typeof problems;

/** Pages of any origin may ask: who may do what hangs on the token or the address alone. */
const anyOrigin = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "location, etag, link, retry-after, accept-post, accept-patch",
};

export function reply(
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  body = "",
): Reply {
  return { status, headers: { "cache-control": "no-store", ...anyOrigin, ...headers }, body };
}

export function refuse(
  name: SignalProblem,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const { status, title } = problems[name];
  const body = JSON.stringify({ type: `urn:chorus:problem:${name}`, title, status, detail });
  return reply(status, { "content-type": "application/problem+json", ...headers }, body);
}
