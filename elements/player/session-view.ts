import type { Broadcast } from "./broadcast.ts";
import type { PollTrouble } from "./broadcast-poll.ts";
import type { Motion } from "./motion.ts";
import type { Failure, PathName } from "./play.ts";
import type { Sound } from "./sound.ts";

/** How a viewer and a broadcast stand to each other at this moment. What is shown follows from it. */
export type SessionView = {
  readonly broadcast: Broadcast | null;
  /** Why nothing is known of the broadcast. */
  readonly trouble: PollTrouble | null;
  readonly path: PathName | null;
  /** The person wants to see it, whether or not it can be seen. */
  readonly wanted: boolean;
  readonly motion: Motion | "none";
  readonly sound: Sound;
  /** Why there is no picture, and when it is tried again (Unix ms by this machine). */
  readonly failure: { readonly why: Failure; readonly retryAt: number } | null;
  /** Not at the live edge, because the person went back. */
  readonly rewound: boolean;
};
