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
  /** Viewers of one room over all gateways; staff come in all the same. */
  connectionsPerRoomMax: 100_000,
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
  /** People whose tokens were called back. The one more takes the place of one that was held for so long, or is refused. */
  revocationsMax: 50_000,
  revocationHeldMs: 2_592_000_000,
  /** A gateway that was not told yet whose tokens are void lets so many wait for so long. */
  revocationsWaitingMax: 10_000,
  revocationsWithinMs: 3_000,
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
  snapshotPartBytes: 256 * 1024,
  snapshotPartEveryMs: 50,
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

  // Pictures.
  /** Leave to watch ends after so long; who watches on asks again in time. */
  mediaPrefixMs: 600_000,
  mediaPrefixEveryMs: 60_000,
  mediaTurnMs: 3_600_000,
  mediaStandingMs: 5_000,
  mediaStandingsMax: 20_000,
  /** Of one rendition, in playlists; as much again is held for who reads late. */
  mediaWindowMs: 36_000,
  mediaWindowBytesMax: 64 * 1024 * 1024,
  /** The longest segment, where key frames let it be shorter and where they do not. */
  mediaTargetSecondsMin: 2,
  mediaTargetSecondsMax: 6,
  mediaHeldSamplesMax: 512,
  mediaHeldSampleBytesMax: 64 * 1024,
  /** What a segment cannot hold is left out of it. */
  mediaSegmentBytesMax: 32 * 1024 * 1024,
  mediaWaitersMax: 20_000,
  /** Files asked for by one connection and not taken in yet: players ask for one after the other. */
  mediaFilesPerSocketMax: 4,
  /** Longer than anything is waited for. */
  mediaUnreadMs: 30_000,
  /** A broadcast that is over is forgotten when nobody has asked for it so long; its recording is read again. */
  mediaPastIdleMs: 120_000,
  /** Who watched live has this long to hear that it is over; then the recording stands at the same address. */
  mediaEndTellMs: 30_000,
  mediaRecordingWaitingMax: 16,
  /** About a day of segments of one second. */
  mediaRecordingSegmentsMax: 100_000,
  /** How often recordings are looked through for what is too old or too much. */
  mediaSweepEveryMs: 300_000,
  // What comes in of video.
  /** How long a broadcast waits for its encoder to come back, unless the room says otherwise. */
  mediaGraceMs: 30_000,
  mediaGraceMsMax: 600_000,
  /** After the host has stopped a broadcast: encoders that come back by themselves do not begin another. */
  mediaStopHoldMs: 15_000,
  /** How often a broadcast's record says that it still goes on: what a restart may take from its grace. */
  mediaAliveEveryMs: 5_000,
  mediaBroadcastsKept: 100,
  /** Rooms that are live, or wait for their encoder, at once. */
  mediaRoomsMax: 1_000,
  mediaKeyBytes: 20,
  mediaKeyCharsMax: 128,
  mediaKeyOverlapMsMax: 86_400_000,
  mediaKeyTriesBurst: 10,
  mediaKeyTriesPerMinute: 6,
  mediaAddressesMax: 10_000,
  /** What arrives first is held until it is known how late the earliest of it is. */
  mediaSettleMs: 300,
  mediaSettleSamplesMax: 2_000,
  mediaDelayWindowMs: 10_000,
  mediaDriftMsPerSecond: 5,
  mediaFfmpegStopMs: 2_000,
  mediaFfmpegPauseMsMin: 250,
  mediaFfmpegPauseMsMax: 10_000,
  mediaFfmpegProvenMs: 10_000,
  mediaFfmpegLineCharsMax: 2_000,
  mediaFfmpegLinesKept: 50,
  mediaSrtPortsMax: 200,
  mediaSrtLatencyMs: 120,
  mediaSrtSilentMs: 5_000,
  mediaSrtAnalyzeMs: 1_000,
  mediaRtmpConnectionsMax: 200,
  mediaRtmpPendingPerAddressMax: 8,
  mediaRtmpConnectsBurst: 30,
  mediaRtmpConnectsPerMinute: 60,
  mediaRtmpWithinMs: 5_000,
  mediaRtmpSilentMs: 10_000,
  mediaRtmpBytesBeforeKeyMax: 64 * 1024,
  mediaRtmpMessageBytesBeforeKeyMax: 8 * 1024,
  mediaRtmpMessageBytesMax: 8 * 1024 * 1024,
  mediaRtmpChunkStreamsMax: 16,
  mediaRtmpOutBytesMax: 256 * 1024,
  /** A track is left out when it is silent for so long beside the other, and taken in when it has been back for so long. */
  mediaTrackGoneMs: 2_000,
  mediaTrackBackMs: 1_500,
  mediaThumbnailEveryMs: 10_000,
  mediaThumbnailWidth: 320,
  mediaThumbnailWithinMs: 10_000,
  mediaThumbnailsWaitingMax: 64,
  mediaThumbnailBytesMax: 512 * 1024,
  mediaThumbnailSourceBytesMax: 16 * 1024 * 1024,
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
  /** Of DTLS, from one peer for as long as it lives. */
  mediaHandshakeBytesMax: 64 * 1024,
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
  /** The samples of one fragment: 200 ms at 50 Mbit/s are 1.25 MiB. */
  mediaDataBytesMax: 16 * 1024 * 1024,
  /** What says which tracks and samples there are. */
  mediaBoxBytesMax: 1024 * 1024,
  mediaFragmentSamplesMax: 16_384,
  /** A picture in slices for packets of 1,200 bytes has about a thousand. */
  mediaNalsPerSampleMax: 4_096,
  mediaParameterSetBytesMax: 4_096,

  // What is shown beside a picture that is behind.
  alignWithheldMax: 2_000,
  /** Nothing waits longer for its picture, unless the person went back. */
  alignWaitMs: 120_000,
  /** A picture that is gone for a moment, as when the way changes, is thought to go on. */
  alignPictureLostMs: 3_000,
  /** A picture that falls back by more was taken back by the person. */
  alignBackMs: 10_000,
} as const;

export type LimitName = keyof typeof limits;
