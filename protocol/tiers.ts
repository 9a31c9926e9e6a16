/** What a room that is too hot has given up, each tier with all before it. Nothing of these ever concerns safety or payments. */
export const tiers = ["calm", "cosmetic", "wide", "slow", "capped", "segments"] as const;
export type Tier = (typeof tiers)[number];
