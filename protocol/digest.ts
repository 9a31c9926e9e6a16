/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "e7af9d202924946920f55efe269de6a3f9e510a37167a4e141e8366149361490",
} as const;
