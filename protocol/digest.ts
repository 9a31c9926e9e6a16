/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "2d4fc651d02c6d141e3e4cfcd59f41483ba2e2fd787d643e43e9e3c06c423093",
} as const;
