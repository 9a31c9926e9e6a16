import type { MediaEngine, Publication } from "./engine.ts";
import type { Exchange, Reply } from "./exchange.ts";
import { createSignalling, type Signalling, type SignallingOptions } from "./signalling.ts";

export type WhipOptions = Pick<SignallingOptions, "location" | "iceServers"> & {
  readonly engine: MediaEngine;
  /** Before anything else of a POST: who may publish, or the answer to who may not. */
  admit(exchange: Exchange): Promise<Admitted | Reply> | Admitted | Reply;
};
/** Exactly one of the two is called, once. */
export type Admitted = {
  /** Somebody publishes: connecting still, and theirs until it says that it is closed or has failed. */
  published(publication: Publication): void;
  /** The offer came to nothing. */
  failed(): void;
};

/** WebRTC-HTTP ingestion (RFC 9725). */
export function createWhip({ engine, admit, location, iceServers }: WhipOptions): Signalling {
  return createSignalling({
    location,
    iceServers,
    async begin(exchange) {
      const admitted = await admit(exchange);
      if ("status" in admitted) return admitted;
      const done = await engine.publish(exchange.body, { address: exchange.address });
      if (!done.ok) {
        admitted.failed();
        return done;
      }
      admitted.published(done.publication);
      return { ok: true, answer: done.answer, connection: done.publication };
    },
  });
}
