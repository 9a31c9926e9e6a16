import { limits, type LimitName } from "@chorus/protocol/limits.ts";
import type { Refused } from "./engine.ts";

/** How many peers there are, of which kind and by whom. */
export type Caps = {
  /** @returns the way to give the place back, or why there is none. */
  enter(kind: PeerKind, address: string | null): Place | Refused;
};
export type PeerKind = "publisher" | "viewer";
export type Place = {
  /** The handshake is over: it no longer counts among those under way. */
  settled(): void;
  leave(): void;
};

export function createCaps(): Caps {
  const addresses = new Map<string, number>();
  const kinds: Record<PeerKind, number> = { publisher: 0, viewer: 0 };
  /* Whoever publishes has shown a key, and is not kept out by those who begin to watch and never do. */
  const handshakes: Record<PeerKind, number> = { publisher: 0, viewer: 0 };

  function fullest(kind: PeerKind, address: string | null): LimitName | null {
    if (kind === "publisher" && kinds.publisher >= limits.mediaPublicationsMax) return "mediaPublicationsMax";
    if (kind === "viewer" && kinds.viewer >= limits.mediaSubscribersMax) return "mediaSubscribersMax";
    if (handshakes[kind] >= limits.mediaHandshakesMax) return "mediaHandshakesMax";
    const here = address === null ? 0 : (addresses.get(address) ?? 0);
    return here >= limits.mediaPeersPerAddressMax ? "mediaPeersPerAddressMax" : null;
  }

  return {
    enter(kind, address) {
      const limit = fullest(kind, address);
      if (limit !== null) return full(limit);
      kinds[kind] += 1;
      handshakes[kind] += 1;
      if (address !== null) addresses.set(address, (addresses.get(address) ?? 0) + 1);
      let open = true;
      let settled = false;
      function settle(): void {
        if (!settled) handshakes[kind] -= 1;
        settled = true;
      }
      return {
        settled: settle,
        leave() {
          if (!open) return;
          open = false;
          settle();
          kinds[kind] -= 1;
          if (address === null) return;
          const left = (addresses.get(address) ?? 1) - 1;
          if (left > 0) addresses.set(address, left);
          else addresses.delete(address);
        },
      };
    },
  };
}

export function full(limit: LimitName): Refused {
  return { ok: false, refusal: { kind: "full", detail: sentences[limit] ?? "This server is full.", limit } };
}

const sentences: Partial<Record<LimitName, string>> = {
  mediaPublicationsMax: "This server has as many broadcasts as it can take: try again later.",
  mediaSubscribersMax: "This server has as many WebRTC viewers as it can serve: watch over HLS.",
  mediaRoomSubscribersMax: "This broadcast has as many WebRTC viewers as it may have: watch over HLS.",
  mediaHandshakesMax: "Too many connections are being opened: try again in some seconds.",
  mediaPeersPerAddressMax: "Your address has too many connections open: close some, or watch over HLS.",
};
