import { isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/** Where the engine is reached. Peers speak to one UDP port each. */
export type NetworkOptions = {
  /** Where sockets are bound: 0.0.0.0 or :: for all of the machine, or one address. */
  readonly bindAddress: string;
  /** Addresses that stand in candidates, as behind a NAT that forwards the ports. None: the machine's own. */
  readonly announced: readonly string[];
  /** First and last UDP port, null for any. A range bounds how many peers there can be. */
  readonly udpPorts: readonly [number, number] | null;
};

/** The addresses that stand in candidates. */
export function announcedAddresses({ announced, bindAddress }: NetworkOptions): readonly string[] {
  if (announced.length > 0) return announced;
  if (bindAddress !== "0.0.0.0" && bindAddress !== "::") return [bindAddress];
  const family = isIPv6(bindAddress) ? "IPv6" : "IPv4";
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.filter((entry) => entry.family === family && !entry.address.startsWith("fe80:"));
  const outside = own.filter(({ internal }) => !internal);
  return (outside.length > 0 ? outside : own).map(({ address }) => address);
}

/** Ports of the range that are not in use by this engine. */
export type PortPool = { take(): number | null; give(port: number): void };

export function createPortPool([first, last]: readonly [number, number]): PortPool {
  const used = new Set<number>();
  let next = first;
  return {
    take() {
      for (let tried = first; tried <= last; tried += 1) {
        const port = next;
        next = next === last ? first : next + 1;
        if (used.has(port)) continue;
        used.add(port);
        return port;
      }
      return null;
    },
    give: (port) => void used.delete(port),
  };
}
