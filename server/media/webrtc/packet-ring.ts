import type { Packet } from "./packet.ts";

/** The last packets of a track, found by their number: retransmissions to all subscribers are answered from it. */
export type PacketRing = {
  add(packet: Packet): void;
  at(sequence: number): Packet | null;
  /** The newest packet that may begin a key frame for a decoder, or null if it has left the ring. */
  readonly newest: Packet | null;
};

export function createPacketRing(packetsMax: number): PacketRing {
  const slots: (Packet | undefined)[] = Array.from({ length: packetsMax });
  let newest: Packet | null = null;
  return {
    add(packet) {
      const at = packet.sequence % packetsMax;
      const there = slots[at];
      if (there !== undefined && there.sequence > packet.sequence) return;
      slots[at] = packet;
      if (newest === null || packet.sequence > newest.sequence) newest = packet;
    },
    at(sequence) {
      const packet = slots[sequence % packetsMax];
      return packet?.sequence === sequence ? packet : null;
    },
    get newest() {
      return newest;
    },
  };
}
