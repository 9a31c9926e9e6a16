import type { MediaEngine, Publication, Refused } from "./engine.ts";
import type { Exchange, Reply } from "./exchange.ts";
import { createSignalling, type Signalling, type SignallingOptions } from "./signalling.ts";

export type WhipOptions = Pick<SignallingOptions, "location" | "iceServers"> & {
  readonly engine: MediaEngine;
  /** Before anything else of a POST: null to go on, or the answer to who may not publish. */
  admit(exchange: Exchange): Promise<Reply | null> | Reply | null;
  /** Somebody publishes: connecting still, and theirs until it says that it is closed or has failed. */
  published(room: string, publication: Publication): void;
};

/** WebRTC-HTTP ingestion (RFC 9725). */
export function createWhip({ engine, admit, published, location, iceServers }: WhipOptions): Signalling {
  return createSignalling({
    location,
    iceServers,
    async begin(exchange) {
      const other = await admit(exchange);
      if (other !== null) return other;
      const done = await engine.publish(exchange.body, { address: exchange.address });
      if (!done.ok) return done satisfies Refused;
      published(exchange.room, done.publication);
      return { ok: true, answer: done.answer, connection: done.publication };
    },
  });
}
