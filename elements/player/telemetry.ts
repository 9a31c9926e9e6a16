import type { PathName } from "./play.ts";

/** How it went for one viewer since the last report; sent to `POST /v1/rooms/:room/telemetry`. Milliseconds. */
export type TelemetryReport = {
  readonly path: PathName;
  /** From wanting the picture to seeing it; null until it was seen. Only the first report with it says it. */
  readonly firstFrameMs: number | null;
  /** How long the picture stood still though it should have moved, and how often. */
  readonly rebufferMs: number;
  readonly rebuffers: number;
  /** Changes from one way to another. */
  readonly switches: number;
  /** By how much what is on the screen is later than the live edge; null where that is not known, or wanted. */
  readonly driftMs: number | null;
  readonly freezes: number;
};

export type Telemetry = {
  wanted(at: number): void;
  opened(path: PathName): void;
  moving(at: number): void;
  stopped(at: number): void;
  froze(count: number): void;
  drift(ms: number | null): void;
  /** Nobody waits for a picture any more. */
  idle(at: number): void;
  /** Null where nothing was watched. */
  report(at: number): TelemetryReport | null;
};

export function createTelemetry(): Telemetry {
  let path: PathName | null = null;
  let wantedAt: number | null = null;
  let firstFrameMs: number | null = null;
  let stoppedAt: number | null = null;
  let seen = false;
  let counts = none();

  function settle(at: number): void {
    if (stoppedAt !== null) counts.rebufferMs += Math.max(at - stoppedAt, 0);
    stoppedAt = stoppedAt === null ? null : at;
  }

  return {
    wanted(at) {
      wantedAt ??= at;
    },
    opened(next) {
      if (path !== null && path !== next) counts.switches++;
      path = next;
    },
    moving(at) {
      settle(at);
      stoppedAt = null;
      if (seen) return;
      seen = true;
      firstFrameMs = at - (wantedAt ?? at);
    },
    stopped(at) {
      if (!seen || stoppedAt !== null) return;
      stoppedAt = at;
      counts.rebuffers++;
    },
    froze(count) {
      counts.freezes += count;
    },
    drift(ms) {
      counts.driftMs = ms;
    },
    idle(at) {
      settle(at);
      stoppedAt = null;
    },
    report(at) {
      if (path === null) return null;
      settle(at);
      const { rebufferMs, driftMs, ...others } = counts;
      const whole = {
        rebufferMs: Math.round(rebufferMs),
        driftMs: driftMs === null ? null : Math.round(driftMs),
      };
      const said = {
        path,
        firstFrameMs: firstFrameMs === null ? null : Math.round(firstFrameMs),
        ...others,
        ...whole,
      };
      firstFrameMs = null;
      counts = { ...none(), driftMs };
      return said;
    },
  };
}

type Counts = {
  rebufferMs: number;
  rebuffers: number;
  switches: number;
  driftMs: number | null;
  freezes: number;
};

function none(): Counts {
  return { rebufferMs: 0, rebuffers: 0, switches: 0, driftMs: null, freezes: 0 };
}
