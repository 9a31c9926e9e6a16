import type { SampleSink } from "../samples.ts";

/**
 * One encoder's way into a broadcast's sink: once it is cut, what still comes from there is lost, and the sink has heard
 * the end of what had begun exactly once.
 */
export function guardedSink(sink: SampleSink): { readonly sink: SampleSink; readonly cut: () => void } {
  let begun = false;
  let open = true;
  function end(): void {
    if (begun) sink.end();
    begun = false;
  }
  return {
    sink: {
      begin(tracks, zero) {
        if (!open) return;
        begun = true;
        sink.begin(tracks, zero);
      },
      drift(zero) {
        if (begun) sink.drift(zero);
      },
      sample(sample) {
        if (begun) sink.sample(sample);
      },
      end,
    },
    cut() {
      open = false;
      end();
    },
  };
}
