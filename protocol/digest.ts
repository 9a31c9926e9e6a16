/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "2d5dfb08865c711c9caa9c129c323946b05ed2c0ca7809715259b5d4a7c31f15",
} as const;
