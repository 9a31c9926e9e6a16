/**
 * What bounds a client. Times are milliseconds. What the protocol's `limits` have too stands here again, so that a page
 * does not load all those of servers. Each is a constant of its own, which a bundle holds as a number and not by its name.
 */

// Of the protocol.
export const frameBytesMax = 16_384;
export const retriesPerSession = 64;
export const nameCharsMax = 40;
export const tapsPerFrameMax = 20;
export const emojiPerRoomMax = 16;
export const pinsMax = 5;
export const fillEntriesMax = 100;

// The connection.
export const backoffMs = 1_000;
export const backoffMaxMs = 30_000;
export const steadyAfterMs = 2_000;
export const silenceMs = 60_000;
export const welcomeWithinMs = 10_000;
export const tokenWithinMs = 30_000;
export const joinWithinMs = 10_000;

// Ranges.
export const holdMs = 100;
export const earlyRangesMax = 64;
export const earlyEntriesMax = 1_000;
export const messagesShownMax = 500;
export const idsRememberedMax = 5_000;
export const seenSoonMs = 2_000;
export const seenLateMs = 10_000;
/** In UTF-16 units, at most three bytes of UTF-8 each: within what a server sends to whom it does not hear of. */
export const seenSize = 96 * 1024;
export const seenBurstMs = 500;
export const restAfterMs = 30_000;

// Commands. The pace stays below `limits.framesPerSecond` and `limits.framesBurst`, which count every frame.
export const pendingMax = 100;
export const inFlightMax = 32;
export const answerWithinMs = 10_000;
export const pendingForMs = 300_000;
export const retryMs = 1_000;
export const retryMaxMs = 8_000;
export const paceMs = 67;
export const paceBurst = 30;
export const textUnitsMax = 2_048;
export const reactEveryMs = 250;
