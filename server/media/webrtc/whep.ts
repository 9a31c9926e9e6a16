import type { Publication } from "./engine.ts";
import { refuse } from "./exchange.ts";
import { createSignalling, type Signalling, type SignallingOptions } from "./signalling.ts";

export type WhepOptions = Pick<SignallingOptions, "location" | "iceServers"> & {
  /** What is on in a room, null while nothing is. */
  publication(room: string): Publication | null;
  /** Of one room; the default for operators is `limits.mediaRoomSubscribersMax`. */
  readonly subscribersMax: number;
};

const retrySeconds = "2";

/** WebRTC-HTTP egress (draft-ietf-wish-whep): the player offers to receive. */
export function createWhep({ publication, subscribersMax, location, iceServers }: WhepOptions): Signalling {
  return createSignalling({
    location,
    iceServers,
    async begin({ room, body, address }) {
      const live = publication(room);
      if (live === null || live.state !== "connected") {
        const later = { "retry-after": retrySeconds };
        return refuse("not-live", "Nobody is live here: try again in some seconds.", later);
      }
      const done = await live.subscribe(body, { address, subscribersMax });
      return done.ok ? { ok: true, answer: done.answer, connection: done.subscription } : done;
    },
  });
}
