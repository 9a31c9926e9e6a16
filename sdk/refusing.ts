import type { RefusalReason } from "@chorus/protocol/refusals.ts";

/**
 * What the client refuses of its own accord, in the protocol's sentences; a server's refusal brings its own. They stand
 * here again so that a page does not load the rest.
 */
export const ownRefusals = {
  "no-such-room": "There is no such room.",
  ended: "The broadcast has ended.",
  forbidden: "Your role does not allow this here.",
  banned: "A moderator banned you from this room.",
  "too-long": "The text is too long.",
  emoji: "This room does not have that reaction.",
  malformed: "The request could not be understood.",
  "too-many-rooms": "This connection has joined as many rooms as it may.",
} as const satisfies Partial<Record<RefusalReason, string>>;
export type OwnRefusal = keyof typeof ownRefusals;

/** What the protocol calls `later`: the same command may succeed unchanged. */
export const laterReasons: readonly RefusalReason[] = ["try-later", "busy"];
