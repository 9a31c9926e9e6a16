import type { MediaEngine, Publication } from "./engine.ts";
import type { Exchange, Reply } from "./exchange.ts";
import { readOffer } from "./offer.ts";
import { createSignalling, type Signalling, type SignallingOptions } from "./signalling.ts";

export type WhipOptions = Pick<SignallingOptions, "location" | "iceServers"> & {
  readonly engine: MediaEngine;
  /** Of an offer that can be served: who may publish, or the answer to who may not. */
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
      /* Whoever is admitted has the room, and the encoder of before may be cut off for it: not for an offer that comes to nothing. */
      const read = readOffer(exchange.body, "sends");
      if (!read.ok) return read;
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
