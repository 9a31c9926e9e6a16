import type { Grant, Role } from "@chorus/protocol/people.ts";

/** What a person is to others, by what they may do and not by what their role is called. Null: not of the staff. */
export function rankOf(grants: readonly Grant[]): "host" | "moderator" | null {
  if (grants.includes("host")) return "host";
  return grants.includes("moderate") ? "moderator" : null;
}

export function isStaff({ grants }: { grants: readonly Grant[] }): boolean {
  return rankOf(grants) !== null;
}

export function isRank(role: Role): boolean {
  return role === "host" || role === "moderator";
}
