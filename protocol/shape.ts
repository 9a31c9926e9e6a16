import { ClaimsSchema } from "./claims.ts";
import { closeCodes } from "./close-codes.ts";
import { EntrySchema } from "./entries.ts";
import { frameSchemas } from "./frames.ts";
import { polledSchemas } from "./polled.ts";
import { refusals } from "./refusals.ts";
import { requestSchemas } from "./requests.ts";

/** Words of a schema that only explain, and lists whose order says nothing. */
const explaining = new Set(["description", "expected"]);
const sets = new Set(["required", "enum"]);

/**
 * All that one version promises on the wire, as canonical JSON: two programs with the same shape understand each other.
 * Its SHA-256 is recorded in `digest.ts`.
 */
export function wireShape(): string {
  const later = Object.entries(refusals).map(([reason, refusal]) => [reason, refusal.later]);
  return JSON.stringify(
    canonical({
      requests: requestSchemas,
      frames: frameSchemas,
      polled: polledSchemas,
      entry: EntrySchema,
      claims: ClaimsSchema,
      refusals: Object.fromEntries(later),
      closeCodes,
    }),
  );
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value)
    .filter(([name, inner]) => !(explaining.has(name) && typeof inner === "string"))
    .map(
      ([name, inner]) =>
        [name, sets.has(name) && Array.isArray(inner) ? inner.toSorted() : canonical(inner)] as const,
    );
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
