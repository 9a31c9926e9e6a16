import type { Accepted, Connection, PeerState, Refused, Restarted } from "./engine.ts";
import { readFragment, writeFragment } from "./fragment.ts";
import { createListeners } from "./listeners.ts";
import type { Peer } from "./werift-peer.ts";

/** What publications and subscriptions have in common: states, trickling, restarts. */
export type ConnectionSetup = {
  readonly remoteUfrag: string;
  readonly addresses: readonly string[];
  peer(): Peer | null;
};

export type OwnConnection = Connection & { entered(state: PeerState): void };

export function createConnection({ remoteUfrag, addresses, peer }: ConnectionSetup): OwnConnection {
  const listeners = createListeners<PeerState>();
  let theirs = remoteUfrag;
  let ice = peer()?.ice.ufrag ?? "";

  return {
    get state() {
      return peer()?.state ?? "closed";
    },
    get ice() {
      return ice;
    },
    onState: (listener) => listeners.add(listener),
    entered: (state) => listeners.tell(state),
    candidates(text): Accepted {
      const fragment = readFragment(text);
      if (typeof fragment === "string") return malformed(fragment);
      // An agent of ICE-lite answers checks wherever they come from (RFC 8445, 7.3): candidates tell it nothing.
      return { ok: true };
    },
    restarts(text) {
      const fragment = readFragment(text);
      return typeof fragment !== "string" && fragment.ice.ufrag !== theirs;
    },
    async restart(text): Promise<Restarted> {
      const fragment = readFragment(text);
      if (typeof fragment === "string") return malformed(fragment);
      const at = peer();
      const credentials = (await at?.restart(fragment.ice)) ?? null;
      if (at === null || credentials === null) {
        return {
          ok: false,
          refusal: { kind: "unavailable", detail: "The connection is closed: begin a new one." },
        };
      }
      theirs = fragment.ice.ufrag;
      ice = credentials.ufrag;
      return { ok: true, fragment: writeFragment(credentials, fragment.mid, { addresses, port: at.port }) };
    },
    close: () => peer()?.close(),
  };
}

function malformed(detail: string): Refused {
  return { ok: false, refusal: { kind: "malformed", detail } };
}
