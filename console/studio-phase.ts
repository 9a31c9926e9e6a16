import type { Ingest } from "./studio-broadcast.ts";
import type { Session } from "./studio-session.ts";

/** What a host sees at one look: whether it is on the air, and for how long or how much longer. */
export type StudioPhase =
  | { readonly at: "unknown" | "off" | "connecting" }
  | { readonly at: "live"; readonly seconds: number }
  /** The seconds until it ends, unless somebody sends again. */
  | { readonly at: "interrupted" | "reconnecting"; readonly seconds: number }
  /** The seconds until another one may begin. */
  | { readonly at: "ended"; readonly seconds: number };

/**
 * @param ingest what the server said last; null before.
 * @param now by the server's clock.
 */
export function phaseOf(
  ingest: Pick<Ingest, "state" | "since" | "until"> | null,
  session: Session,
  now: number,
): StudioPhase {
  if (session.phase === "connecting" && (ingest === null || !isOn(ingest.state))) return { at: "connecting" };
  if (ingest === null) return { at: "unknown" };
  const left = Math.max(0, Math.ceil(((ingest.until ?? now) - now) / 1_000));
  switch (ingest.state) {
    case "off":
      return { at: "off" };
    case "ended":
      return { at: "ended", seconds: left };
    case "interrupted":
      return { at: isTrying(session) ? "reconnecting" : "interrupted", seconds: left };
    case "live":
      return { at: "live", seconds: Math.max(0, Math.floor((now - (ingest.since ?? now)) / 1_000)) };
  }
}

/**
 * What forbids a page whose connection was lost to come back: somebody's stop stands, and so does another encoder that sends now.
 * Of the page itself the server has heard nothing for seconds then, so that it has no health to tell.
 */
export function forbidden(ingest: Pick<Ingest, "state" | "health">): "ended" | "taken" | null {
  if (ingest.state === "ended") return "ended";
  return ingest.state === "live" && ingest.health !== null ? "taken" : null;
}

function isTrying({ phase }: Session): boolean {
  return phase === "connecting" || phase === "waiting";
}

function isOn(state: Ingest["state"]): boolean {
  return state === "live" || state === "interrupted";
}
