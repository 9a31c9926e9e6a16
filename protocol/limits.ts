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
  /** Of one connection in one room, over ten seconds. */
  tapFramesPerSecond: 4,
  tapFramesBurst: 40,
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
  /** A stream over HTTP ends after so many bytes, and after a time of up to so long: its client comes back where it is. */
  streamBytesMax: 1024 * 1024,
  streamMs: 300_000,
  pollMs: 25_000,
  pollGatherMs: 500,
  ticketMs: 60_000,
  commandsPerPostMax: 32,
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
  snapshotPartBytes: 1024 * 1024,
  snapshotPartEveryMs: 100,
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
  gatherMsMin: 250,
  gatherMsMax: 2_000,
  gatherLeaveMs: 10_000,

  // Delivery.
  ringEntriesMax: 8_000,
  ringBytesMax: 4 * 1024 * 1024,
  resumeEntriesMax: 1_000,
  fillEntriesMax: 100,
  historyEntriesMax: 100,
  windowMs: 50,
  windowMsCalm: 500,
  windowMsMax: 1_000,
  sliceWritesMax: 64,
  sliceMsMax: 2,
  cohortsMax: 8,
  cappedPerSecond: 200,
  cappedForStaffPerSecond: 400,
  meantPerSecond: 2_000,

  // The ladder of a room that is too hot.
  heatEveryMs: 250,
  heatWarnPercent: 70,
  heatLeavePercent: 80,
  heatActPercent: 100,
  tierStepMs: 1_000,
  tierSlowMs: 5_000,
  tierLeaveMs: 10_000,
  tallyYieldMs: 1_000,
  tallyRareMs: 5_000,
  slowMsMin: 5_000,
  slowMsMax: 30_000,

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

  // Live video over WebRTC.
  mediaSdpBytesMax: 64 * 1024,
  mediaFragmentBytesMax: 8 * 1024,
  mediaSdpSectionsMax: 16,
  mediaCandidatesMax: 32,
  mediaPublicationsMax: 100,
  mediaSubscribersMax: 1_000,
  /** Of one broadcast, unless its operator says otherwise. */
  mediaRoomSubscribersMax: 75,
  mediaPeersPerAddressMax: 50,
  mediaHandshakesMax: 64,
  mediaHandshakeMs: 15_000,
  mediaSilentMs: 6_000,
  mediaSilentFailedMs: 30_000,
  /** A lost packet is asked for until it is so old, and viewers' players wait about as long. */
  mediaGiveUpMs: 400,
  mediaHolesMax: 512,
  mediaNackPackets: 64,
  mediaInOrderPackets: 1_024,
  /** Three seconds at 3 Mbit/s, from which retransmissions to viewers are answered. */
  mediaVideoPacketsKept: 1_024,
  mediaAudioPacketsKept: 256,
  /** Of one viewer: beyond it retransmissions would only fill what is full. */
  mediaResendPerSecond: 400,
  /** How old a key frame may be to begin a viewer's picture. */
  mediaReplayMs: 500,
  mediaKeyFrameEveryMs: 500,
  mediaSamplesKeyFrameMs: 2_000,
  mediaFrameBytesMax: 4 * 1024 * 1024,
  mediaSinksMax: 8,
  mediaBitsPerSecondMin: 150_000,
  mediaBitsPerSecondStart: 2_500_000,

  // Between processes.
  inputsInFlightMax: 8_192,
  inputAnswerWithinMs: 10_000,
  mailboxInputsMax: 65_536,
  turnInputsMax: 1_024,
  /** Forgotten messages that a room looks for in its log at once. */
  lookUpsAtOnceMax: 64,
  roomsLoadedMax: 10_000,
  roomIdleMs: 300_000,
  snapshotEveryRecords: 2_000,
  busFrameBytesMax: 32 * 1024 * 1024,
  busBufferBytesMax: 64 * 1024 * 1024,

  // What an encoder may send.
  /** A fragment of 200 ms at 50 Mbit/s is 1.25 MiB. */
  mediaBoxBytesMax: 16 * 1024 * 1024,
  mediaFragmentSamplesMax: 16_384,
  mediaParameterSetBytesMax: 4_096,
} as const;

export type LimitName = keyof typeof limits;
