/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "190687ee11731dd6d20b1cbd17e3965b8ad7ce45835ec4c24887e883093fb7b7",
} as const;
