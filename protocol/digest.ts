/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "3b7d1427b4cb3ba4312bd50b5c48d0a7226f398ac30db356ed6ca1c07e03d950",
} as const;
