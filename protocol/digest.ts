/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "e6c08089e5a3192b561531e03f035da867015583e21f8297c47a3bff33791a50",
} as const;
