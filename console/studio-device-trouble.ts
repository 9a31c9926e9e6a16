import type { Source } from "./studio-devices.ts";

/** Why there is no picture or sound of a device; the words for each are in `studio-words.ts`. */
export const deviceTroubles = [
  "insecure",
  "unsupported",
  "denied",
  "cancelled",
  "missing",
  "in-use",
  "failed",
] as const;
export type DeviceTrouble = { readonly kind: (typeof deviceTroubles)[number]; readonly source: Source };

/** What `getUserMedia` and `getDisplayMedia` throw (Media Capture and Streams, section 10.2; Screen Capture, section 5.1). */
export function troubleOf(error: unknown, source: Source): DeviceTrouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  return { kind: kindOf(name, source), source };
}

function kindOf(name: string, source: Source): DeviceTrouble["kind"] {
  switch (name) {
    /* A browser does not tell who closes its question about a screen from who forbids it for good. */
    case "NotAllowedError":
    case "SecurityError":
      return source === "screen" ? "cancelled" : "denied";
    case "AbortError":
      return source === "screen" ? "cancelled" : "failed";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
      return "in-use";
    case "TypeError":
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}
