/** The wire as it was last recorded: SHA-256 of `wireShape()`. `npm run docs` writes this file. */
export const recorded = {
  version: 1,
  digest: "1f41d9778b44dbba83f19d3cad7a1dbd48c15be28834123101c94eae9ab16348",
} as const;
