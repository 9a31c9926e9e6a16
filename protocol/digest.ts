/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "32c1ecce2598e4d0a474d26d6f1b057dce9e2e3221c97e0b816b29b7e1469443",
} as const;
