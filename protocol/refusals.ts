/**
 * Why a command was refused: an expected outcome, never an accident. `sentence` is what a person can do about it;
 * `later` says that the same command may succeed unchanged (the reply carries `retryMs` where it is known), and a
 * client keeps such a command and sends it again under the same key.
 */
export const refusals = {
  "try-later": {
    later: true,
    sentence: "The room cannot store messages at the moment. Your message is kept; it is sent again shortly.",
  },
  busy: { later: true, sentence: "The room is very busy. Your message is kept; it is sent again shortly." },
  "not-joined": { later: false, sentence: "Join the room first." },
  "no-such-room": { later: false, sentence: "There is no such room." },
  "not-open": { later: false, sentence: "The room has not opened yet." },
  ended: { later: false, sentence: "The broadcast has ended." },
  forbidden: { later: false, sentence: "Your role does not allow this here." },
  "read-only": { later: false, sentence: "The room is read-only for now." },
  muted: { later: false, sentence: "A moderator muted you here." },
  banned: { later: false, sentence: "A moderator banned you from this room." },
  pace: { later: false, sentence: "You are sending too fast. Wait a moment." },
  slow: { later: false, sentence: "Slow mode is on. Wait until the time is over." },
  duplicate: { later: false, sentence: "You have just said the same." },
  empty: { later: false, sentence: "There is nothing to send." },
  "too-long": { later: false, sentence: "The text is too long." },
  "name-like-staff": { later: false, sentence: "Your name looks like a moderator's. Choose another name." },
  "stale-retry": {
    later: false,
    sentence: "This was sent too long ago to be repeated safely. Send it as a new message.",
  },
  unknown: { later: false, sentence: "The message does not exist or is too old." },
  "not-yours": { later: false, sentence: "Only its author may do this." },
  "too-late": { later: false, sentence: "The time to change this message is over." },
  unchanged: { later: false, sentence: "Nothing would change." },
  outranked: { later: false, sentence: "You cannot act against somebody with the same or a higher role." },
  emoji: { later: false, sentence: "This room does not have that reaction." },
  limit: { later: false, sentence: "A limit of the room is reached." },
  rate: { later: false, sentence: "Too many requests. Slow down." },
  malformed: { later: false, sentence: "The request could not be understood." },
  "too-many-rooms": { later: false, sentence: "This connection has joined as many rooms as it may." },
} as const satisfies Record<string, { later: boolean; sentence: string }>;
export type RefusalReason = keyof typeof refusals;
export const refusalReasons: readonly RefusalReason[] = Object.keys(refusals) as RefusalReason[];
