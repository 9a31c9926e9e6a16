/**
 * What moment a picture shows. Whatever plays one can be it: the `clock` of a `<chorus-player>`, or what `player/clocks.ts`
 * makes of another player.
 */
export type PictureClock = {
  /**
   * When what is on the screen was made, Unix ms by the server's clock, and how far that may be off. Null while there is no
   * picture, or nobody knows.
   */
  now(): { readonly wall: number; readonly errorMs: number } | null;
  /** Moving, and as near to what happens as its way brings it; false when somebody paused or went back. */
  readonly live: boolean;
};
