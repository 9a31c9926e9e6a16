/** What a browser's own sending to a room is at, and what it does next. Free of browsers: `studio-whip.ts` carries it out. */
export type Session =
  | { readonly phase: "idle" }
  /** `tries`: how many attempts came to nothing since it last sent. */
  | { readonly phase: "connecting"; readonly tries: number; readonly began: boolean }
  | { readonly phase: "sending" }
  | { readonly phase: "waiting"; readonly tries: number; readonly waitMs: number }
  | { readonly phase: "failed"; readonly failure: SendFailure };

/** Why sending did not come about, or ended. */
export type SendFailure =
  /** The link's token is over or was not believed. */
  | "expired"
  | "not-host"
  /** Somebody else is on the air, or the broadcast was stopped a moment ago. */
  | "occupied"
  | "busy"
  /** The server takes nothing of what this browser can send. */
  | "codec"
  | "refused"
  /** The server does not answer. */
  | "offline"
  /** It answers, but no connection comes about. */
  | "unreachable"
  /** It was connected, and all attempts to be so again failed. */
  | "lost"
  /** While it was lost, somebody has ended the broadcast or has taken it over: to come back would undo that. */
  | "ended"
  | "taken";

export type SessionInput =
  | { readonly kind: "start" }
  | { readonly kind: "connected" }
  /** The connection is gone, or an attempt came to nothing. */
  | { readonly kind: "broke"; readonly failure: SendFailure }
  | { readonly kind: "due" }
  /** The server says that it is over, whatever the connection says. */
  | { readonly kind: "over"; readonly failure: SendFailure }
  | { readonly kind: "stop" };

export const idle: Session = { phase: "idle" };

/** Longer than the server believes in a connection that has gone silent, which keeps a second one out until then. */
export const retriesMax = 10;
const retryMsFirst = 500;
const retryMsMax = 8_000;

/** What can be otherwise a moment later. `occupied` may be this very browser, whose end the server has not noticed yet. */
const passing: ReadonlySet<SendFailure> = new Set(["offline", "unreachable", "lost", "busy", "occupied"]);

/** Who has sent is brought back by itself; who begins is told at once what is in the way. */
export function stepSession(session: Session, input: SessionInput): Session {
  switch (input.kind) {
    case "start":
      return { phase: "connecting", tries: 0, began: false };
    case "stop":
      return idle;
    case "connected":
      return session.phase === "connecting" ? { phase: "sending" } : session;
    case "due":
      return session.phase === "waiting"
        ? { phase: "connecting", tries: session.tries, began: true }
        : session;
    case "over":
      return session.phase === "idle" ? session : { phase: "failed", failure: input.failure };
    case "broke":
      return broken(session, input.failure);
  }
}

function broken(session: Session, failure: SendFailure): Session {
  if (session.phase === "sending") return waiting(1);
  if (session.phase !== "connecting") return session;
  if (!session.began || !passing.has(failure)) return { phase: "failed", failure };
  return session.tries >= retriesMax ? { phase: "failed", failure: "lost" } : waiting(session.tries + 1);
}

function waiting(tries: number): Session {
  return { phase: "waiting", tries, waitMs: Math.min(retryMsFirst * 2 ** (tries - 1), retryMsMax) };
}

/** What an answer other than 201 to an offer means (RFC 9725, section 4.2, and the server's own). */
export function failureOfStatus(status: number): SendFailure {
  if (status === 401) return "expired";
  if (status === 403) return "not-host";
  if (status === 409) return "occupied";
  if (status === 422 || status === 406) return "codec";
  if (status === 429 || status === 503 || status === 507) return "busy";
  return status >= 500 ? "offline" : "refused";
}
