import type { Message, Tombstone } from "@chorus/protocol/entries.ts";
import type { Reply } from "@chorus/protocol/frames.ts";
import type { EntryId, PersonId, Time } from "@chorus/protocol/ids.ts";
import type { Grant, Role } from "@chorus/protocol/people.ts";
import type { Tier } from "@chorus/protocol/tiers.ts";
import type { Command } from "@chorus/protocol/requests.ts";

/** Where an answer goes back to. The room passes it through and never looks inside. */
export type Origin = { gateway: string; connection: number };

/** Who acts, as their token says. `skeleton` is what their name looks like (`skeletonOf`), empty without a name. */
export type Actor = {
  id: PersonId;
  name: string | null;
  skeleton: string;
  role: Role;
  grants: readonly Grant[];
};

/** A message that is older than the room's memory, as it was read back from the log. Null: looked for, and not there. */
export type Found = { message: Message; tombstone: Tombstone | null };

/** What has happened, in the order of its arrival. Chance comes in from outside: `id` names the first entry made of it. */
export type Input =
  | { i: "command"; origin: Origin; actor: Actor; command: Command; id: EntryId; found?: Found | null }
  | { i: "taps"; taps: Readonly<Record<string, number>> }
  | { i: "lease"; gateway: string; viewers: number; heat?: Heat }
  | { i: "staff"; person: PersonId; role: Role; skeleton: string }
  | { i: "keep-tally" }
  | { i: "forget"; before: Time };

/** How hot a room is for a gateway, and what that gateway does about it. */
export type Heat = { tier: Tier; percent: number };

export type Answer = { origin: Origin; reply: Reply };
