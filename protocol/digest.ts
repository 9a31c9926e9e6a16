/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "0de31630a4400a01711c6822046aafe54f242ea630cc75832767b9ad2b76bc3a",
} as const;
