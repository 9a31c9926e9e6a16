import type { Time } from "@chorus/protocol/ids.ts";
import { limits } from "@chorus/protocol/limits.ts";
import type { Sample, SampleSink, Tracks } from "../samples.ts";

type Name = Sample["track"];
type Known = { readonly tracks: Tracks; zero: Time; shown: Tracks; readonly heard: Record<Name, Heard> };
/** Ms of media: when it was last heard, and since when without a pause. */
type Heard = { last: number | null; since: number };

/**
 * A player shows nothing while one of two tracks is missing. So a track that is silent while the other goes on is left out, after a
 * discontinuity, until it has been back for a while.
 */
export function createPresentTracks(sink: SampleSink): SampleSink {
  let known: Known | null = null;

  function sample(one: Sample): void {
    if (known === null) return;
    const track = known.tracks[one.track];
    if (track === null) return;
    const at = (one.dts * 1_000) / track.timescale;
    const heard = known.heard[one.track];
    if (heard.last === null || at - heard.last > limits.mediaTrackGoneMs) heard.since = at;
    heard.last = at;
    const other: Name = one.track === "video" ? "audio" : "video";
    if (known.shown[one.track] !== null) {
      if (known.shown[other] !== null && isGone(known, other, at)) show(only(known.tracks, one.track));
    } else if (at - heard.since >= limits.mediaTrackBackMs && one.key) show(known.tracks);
    if (known.shown[one.track] !== null) sink.sample(one);
  }

  /** What has never been heard is waited for from the beginning of the other. */
  function isGone({ heard }: Known, name: Name, at: number): boolean {
    const one = name === "video" ? heard.video : heard.audio;
    const beside = name === "video" ? heard.audio : heard.video;
    return at - (one.last ?? beside.since) > limits.mediaTrackGoneMs;
  }

  function show(shown: Tracks): void {
    if (known === null) return;
    known.shown = shown;
    sink.begin(shown, known.zero);
  }

  return {
    begin(tracks, zero) {
      const heard = { video: { last: null, since: 0 }, audio: { last: null, since: 0 } };
      known = { tracks, zero, shown: tracks, heard };
      sink.begin(tracks, zero);
    },
    drift(zero) {
      if (known !== null) known.zero = zero;
      sink.drift(zero);
    },
    sample,
    end() {
      known = null;
      sink.end();
    },
  };
}

function only(tracks: Tracks, name: Name): Tracks {
  return name === "video" ? { video: tracks.video, audio: null } : { video: null, audio: tracks.audio };
}
