import { limits } from "@chorus/protocol/limits.ts";
import { isConnectivityCheck } from "./connectivity-check.ts";
import type { IceCredentials } from "./offer.ts";

/**
 * What may come in by a peer's port, which anybody can send to: connectivity checks of who knows the password, and the rest from
 * where such checks came. The port alone is easily guessed.
 */
export type PeerDoor = {
  letsIn(bytes: Buffer, host: string, port: number): boolean;
};

export type PeerDoorOptions = {
  /** Those that hold, the newest first. */
  credentials(): readonly IceCredentials[];
  /** Somebody who has shown that they know the password. */
  heard(): void;
  /** A bound of this name was reached. */
  reached(limit: "mediaHandshakeBytesMax"): void;
};

export function createPeerDoor({ credentials, heard, reached }: PeerDoorOptions): PeerDoor {
  /* Who was heard longest ago first. */
  const remotes = new Set<string>();
  let dtlsBytes = 0;

  function note(remote: string): void {
    remotes.delete(remote);
    remotes.add(remote);
    const [oldest] = remotes;
    if (remotes.size > limits.mediaCandidatesMax && oldest !== undefined) remotes.delete(oldest);
  }

  function takesDtls(length: number): boolean {
    const before = dtlsBytes;
    dtlsBytes += length;
    const most = limits.mediaHandshakeBytesMax;
    if (before <= most && dtlsBytes > most) reached("mediaHandshakeBytesMax");
    return dtlsBytes <= most;
  }

  function letsIn(bytes: Buffer, host: string, port: number): boolean {
    const remote = `${host} ${port}`;
    const kind = kindOf(bytes[0]);
    if (kind === "stun") {
      if (!isConnectivityCheck(bytes, credentials())) return false;
      note(remote);
    } else if (kind === "other" || !remotes.has(remote)) return false;
    /* Handshakes in pieces are kept until they are whole. */
    if (kind === "dtls" && !takesDtls(bytes.length)) return false;
    heard();
    return true;
  }

  return { letsIn };
}

/** RFC 7983, 7. */
function kindOf(first = 255): "stun" | "dtls" | "rtp" | "other" {
  if (first <= 3) return "stun";
  if (first >= 20 && first <= 63) return "dtls";
  return first >= 128 && first <= 191 ? "rtp" : "other";
}
