/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "bf046ea317b9ce9e7d06e815a915bc92fe11581c29adf5446d02a6028ccf2867",
} as const;
