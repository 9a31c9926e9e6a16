/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "14c143d8db3aa3b631bc6e24de9661dc3f8b2317d0cf7d140ddc0f9e80ba3468",
} as const;
