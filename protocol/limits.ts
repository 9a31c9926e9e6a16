/**
 * Every bound of Chorus has its name here. Reaching one is visible to the operator: under its name
 * (`chorus_limit_total{limit="…"}`), or under the gap or the close code that it leads to. What only says how much is
 * remembered or done at once is reached all the time and not counted. Sizes are bytes of UTF-8, times are milliseconds, unless the name says otherwise.
 */
export const limits = {
  // What one client may send.
  frameBytesMax: 16 * 1024,
  framesPerSecond: 20,
  framesBurst: 60,
  framesRefusedBeforeClose: 200,
  malformedFramesMax: 10,
  roomsPerConnectionMax: 20,
  textCharsMax: 500,
  nameCharsMax: 40,
  reasonCharsMax: 200,
  titleCharsMax: 120,
  mentionsMax: 10,
  tapsPerFrameMax: 20,
  emojiPerRoomMax: 16,
  emotesPerRoomMax: 100,
  timeoutsPerRoomMax: 6,
  framersPerRoomMax: 20,
  pinsMax: 5,
  tokenBytesMax: 8 * 1024,
  roomsPerTokenMax: 50,
  atAgeMs: 120_000,

  // Connections.
  helloWithinMs: 5_000,
  upgradeWithinMs: 10_000,
  closeWithinMs: 2_000,
  drainWithinMs: 8_000,
  connectsPerSecond: 1_000,
  connectsBurst: 2_000,
  connectionsMax: 50_000,
  connectionsPerIpMax: 100,
  connectionsPerPersonMax: 20,
  heartbeatMs: 25_000,
  deadAfterMs: 90_000,
  refreshWithinMs: 30_000,
  resumeTokenEveryMs: 240_000,
  stalledBytesMax: 256 * 1024,
  stalledMs: 15_000,
  stalledCloseMs: 60_000,
  answersInFlightMax: 64,
  earlyFramesMax: 32,
  earlyRecordsMax: 256,

  // What a room remembers.
  messagesRemembered: 1_000,
  goneMessagesRemembered: 500,
  viewEntriesMax: 100,
  viewStaleEntries: 200,
  viewStaleMs: 60_000,
  retriesPerSession: 64,
  sessionsPerRoomMax: 131_072,
  sessionsPerPersonMax: 32,
  sessionIdleMs: 600_000,
  peopleRememberedMax: 100_000,
  personIdleMs: 3_600_000,
  sanctionsMax: 50_000,
  heldMax: 1_000,
  heldPerPersonMax: 20,
  staffNamesMax: 1_000,
  editWithinMs: 300_000,
  duplicateWithinMs: 30_000,
  paceMessages: 5,
  paceMs: 5_000,
  guestPaceMessages: 2,
  guestPaceMs: 5_000,
  leaseMs: 15_000,
  gatewaysPerRoomMax: 256,
  tallyEveryMs: 250,
  tallyKeptEveryMs: 5_000,

  // Delivery.
  ringEntriesMax: 2_000,
  ringBytesMax: 4 * 1024 * 1024,
  resumeEntriesMax: 1_000,
  fillEntriesMax: 100,
  historyEntriesMax: 100,
  windowMs: 50,
  windowMsMax: 1_000,

  // Segments.
  segmentMs: 3_000,
  /** What is said in the last moment of a slot has this long to reach a gateway before its segment is listed. */
  segmentGraceMs: 250,
  /** Messages of a segment that are neither of staff nor safety: what people can read in its time. */
  segmentEntriesMax: 300,
  segmentsListedMax: 10,
  segmentsKeptMax: 20,
  segmentsBytesMax: 4 * 1024 * 1024,
  segmentRemovedMax: 200,
  segmentRemovedMs: 15_000,
  segmentPollMs: 3_000,
  /** How long caches keep a list, and a segment. */
  segmentLiveAgeMs: 1_000,
  segmentAgeMs: 3_600_000,
  segmentIdleMs: 60_000,
  segmentPrefixMs: 300_000,
  segmentPrefixEveryMs: 60_000,

  // Between processes.
  inputsInFlightMax: 8_192,
  inputAnswerWithinMs: 10_000,
  mailboxInputsMax: 65_536,
  turnInputsMax: 4_096,
  /** Forgotten messages that a room looks for in its log at once. */
  lookUpsAtOnceMax: 64,
  roomsLoadedMax: 10_000,
  roomIdleMs: 300_000,
  snapshotEveryRecords: 2_000,
  busFrameBytesMax: 32 * 1024 * 1024,
  busBufferBytesMax: 64 * 1024 * 1024,
} as const;

export type LimitName = keyof typeof limits;
