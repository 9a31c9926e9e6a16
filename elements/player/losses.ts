/** What a connection had so far. */
type Counts = { readonly packets: number; readonly lost: number };

/** Which share of its packets a way lost lately. */
export type Losses = {
  /** Another way, or the same anew: its counts begin at zero. */
  begin(): void;
  /** @param at in milliseconds. @returns 0 to 1; 0 too while too few came to say. */
  look(at: number, counts: Counts): number;
};

/** What is sent again comes late, and sound is not: more is left, and only what loses much less is climbed to. */
export const lossMax = { stay: 0.08, climb: 0.03 } as const;
const withinMs = 5_000;
const packetsMin = 60;
/** It is looked four times a second at most. */
const looksMax = 24;

export function createLosses(): Losses {
  let looks: readonly (Counts & { readonly at: number })[] = [];
  return {
    begin() {
      looks = [];
    },
    look(at, { packets, lost }) {
      looks = [...looks.filter((one) => at - one.at <= withinMs), { at, packets, lost }].slice(-looksMax);
      const [from] = looks;
      if (from === undefined) return 0;
      const came = packets - from.packets;
      const gone = Math.max(lost - from.lost, 0);
      return came + gone < packetsMin ? 0 : gone / (came + gone);
    },
  };
}
