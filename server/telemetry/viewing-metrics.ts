import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Viewing } from "../media/http/viewing-requests.ts";

/** How it goes for those who watch, by the way that they watch by; apart from what people do in the chat. */
export function createViewingMetrics(registry: Registry): (report: Viewing) => void {
  const of = { labelNames: ["path"], registers: [registry] };
  const firstFrame = new Histogram({
    name: "chorus_first_frame_seconds",
    help: "From wanting a picture to seeing it",
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16],
    ...of,
  });
  const drift = new Histogram({
    name: "chorus_picture_drift_seconds",
    help: "By how much what is seen is later than what is captured",
    buckets: [0.1, 0.25, 0.5, 1, 1.5, 2, 4, 8, 16, 32],
    ...of,
  });
  const rebuffered = new Counter({
    name: "chorus_rebuffer_seconds_total",
    help: "For how long pictures stood still that should have moved",
    ...of,
  });
  const counters = {
    rebuffers: new Counter({ name: "chorus_rebuffers_total", help: "Pictures that stopped", ...of }),
    freezes: new Counter({ name: "chorus_freezes_total", help: "Freezes that browsers counted", ...of }),
    switches: new Counter({ name: "chorus_path_switches_total", help: "Changes of the way", ...of }),
  };

  return (report) => {
    const { path, firstFrameMs, driftMs, rebufferMs } = report;
    if (firstFrameMs !== null) firstFrame.observe({ path }, firstFrameMs / 1_000);
    if (driftMs !== null) drift.observe({ path }, driftMs / 1_000);
    rebuffered.inc({ path }, rebufferMs / 1_000);
    for (const name of ["rebuffers", "freezes", "switches"] as const)
      counters[name].inc({ path }, report[name]);
  };
}

/** Numbers that are read when somebody asks for them. */
export function watchPictures(
  registry: Registry,
  read: { live(): number; webrtc(): number; files(): number },
): void {
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  gauge("chorus_broadcasts_live", "Broadcasts that an encoder sends to", read.live);
  gauge("chorus_viewers_webrtc", "Viewers by WebRTC", read.webrtc);
  gauge("chorus_viewers_files", "Connections that ask for playlists; a cache in front is one", read.files);
}
