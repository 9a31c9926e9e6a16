/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "6157a78b7a0ef79e66252d8604a293d5cadf2bb58d9d666a0ced06a0a385dae7",
} as const;
