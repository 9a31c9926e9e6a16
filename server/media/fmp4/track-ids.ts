/** Always the same, so that a fragment fits every init segment that has its tracks. */
export const videoTrackId = 1;
export const audioTrackId = 2;
