/** Those close codes of the protocol that a client needs by name. */
export const codes = { drained: 4000, silent: 4102, helloTimeout: 4103, unauthorised: 4300 } as const;

/**
 * What bounds a client. Times are milliseconds. What the protocol's `limits` have too stands here again, so that a page
 * does not load all those of servers.
 */
export const bounds = {
  // Of the protocol.
  frameBytesMax: 16_384,
  retriesPerSession: 64,
  nameCharsMax: 40,
  tapsPerFrameMax: 20,
  emojiPerRoomMax: 16,
  pinsMax: 5,
  fillEntriesMax: 100,

  // The connection.
  backoffMs: 1_000,
  backoffMaxMs: 30_000,
  steadyAfterMs: 2_000,
  silenceMs: 60_000,
  welcomeWithinMs: 10_000,
  tokenWithinMs: 30_000,
  joinWithinMs: 10_000,

  // Ranges.
  holdMs: 100,
  earlyRangesMax: 64,
  earlyEntriesMax: 1_000,
  messagesShownMax: 500,
  idsRememberedMax: 5_000,
  seenSoonMs: 2_000,
  seenLateMs: 10_000,
  /** In UTF-16 units, at most three bytes of UTF-8 each: within what a server sends to whom it does not hear of. */
  seenSize: 64 * 1024,
  seenBurstMs: 500,

  // Commands. The pace stays below `limits.framesPerSecond` and `limits.framesBurst`, which count every frame.
  pendingMax: 100,
  inFlightMax: 32,
  answerWithinMs: 10_000,
  pendingForMs: 300_000,
  retryMs: 1_000,
  retryMaxMs: 8_000,
  paceMs: 67,
  paceBurst: 30,
  textUnitsMax: 2_048,
  reactEveryMs: 250,
} as const;
