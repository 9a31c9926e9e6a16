import type { EntryId, PersonId, Time } from "@chorus/protocol/ids.ts";
import type { Role } from "@chorus/protocol/people.ts";

/**
 * Facts that only the room itself needs in order to be itself again; they are journaled beside the entries and never
 * sent. A note has short names because there is one for every message.
 */
export type Note =
  /** The command `n` of a person's session was carried out: what a retry is answered with. */
  | { n: "done"; p: PersonId; s: string; c: number; id: EntryId; t: Time; held: boolean }
  /** A guest was given the number in "Viewer 5". */
  | { n: "guest"; p: PersonId; no: number }
  /** A member of staff is known by this name; others may not look like it. Any other role: no longer of the staff. */
  | { n: "staff"; p: PersonId; role: Role; skeleton: string }
  /** What was said before is remembered no more. */
  | { n: "forget"; before: Time }
  /** Reaction totals so far. */
  | { n: "tally"; v: number; reactions: Record<string, number> };
