import type { LimitName } from "@chorus/protocol/limits.ts";

/** The bounds of HTTP. Sizes are bytes, times are milliseconds, unless the name says otherwise. */
export const apiLimits = {
  /** All settings of a room at once, with as many emotes as it may have. */
  apiBodyBytesMax: 64 * 1024,
  /** A token may have 8 KB; the rest is what browsers and proxies add. */
  apiHeaderBytesMax: 16 * 1024,
  /** From the first byte of a request to its last. */
  apiRequestWithinMs: 15_000,
  /** Between two requests of a connection. */
  apiIdleMs: 10_000,
  apiRequestsPerSecond: 20,
  apiRequestsBurst: 100,
  /** Files that cost an address as much as one request: a page is made of many, and they cost the server little. */
  apiFilesPerRequest: 20,
  apiAddressesMax: 10_000,
  /** Connections of an address to one gateway beside its WebSockets: requests, handshakes, and what is about to end. */
  apiSocketsPerIpMax: 100,
  /** A person's id of 128 characters, each percent-encoded. What is longer is no address. */
  paramCharsMax: 384,
  historyBytesMax: 1024 * 1024,
  callWithinMs: 5_000,
  /** Who polls a room that this gateway does not follow yet waits so long for it. */
  feedWithinMs: 2_000,
  /** Who asks for a segment that another gateway has listed already waits so long for this one to know it. */
  segmentWithinMs: 1_000,
  /** A page waits so long to hear who may frame it, and is then sent as for a room that says nothing of it. */
  framersWithinMs: 1_000,
  keeperSilentMs: 5_000,
  roomsListMax: 1_000,
} as const;
export type ApiLimitName = keyof typeof apiLimits | "callsInFlightMax" | "crowdToldMax";
export type CountedLimit = LimitName | ApiLimitName;
