import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** A range of addresses. IPv4 is always four bytes here, also where it came as `::ffff:192.0.2.1`. */
export type Cidr = { readonly network: Address; readonly bits: number };
type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** One person at home has a whole /64 of IPv6 (RFC 6177); a limit for a single address would bind nobody. */
const ipv6PersonBytes = 8;

/** Null for what is no address and no `address/bits`. A single address is the range of itself. */
export function parseCidr(text: string): Cidr | null {
  const match = /^(?<address>[^/]+)(?:\/(?<bits>0|[1-9]\d{0,2}))?$/.exec(text);
  const given = match?.groups?.["address"];
  if (given === undefined || isIP(given) === 0 || given.includes("%")) return null;
  const written = ipaddr.parse(given);
  const width = written.toByteArray().length * 8;
  const bits = Number(match?.groups?.["bits"] ?? width);
  const network = ipaddr.process(given);
  const mappedBits = width - network.toByteArray().length * 8;
  return bits > width || bits < mappedBits ? null : { network, bits: bits - mappedBits };
}

/**
 * Who is really there. `X-Forwarded-For` is believed only as far as it was written by proxies that the operator
 * named: it is read from the right, each trusted hop vouching for the one before it. What a stranger sends in that
 * header is never looked at. A hop that is no address ends the walk at the proxy that wrote it.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: string | undefined,
  trusted: readonly Cidr[],
): string {
  let address = parseAddress(socketAddress);
  if (address === null) return socketAddress;
  if (forwardedFor === undefined || trusted.length === 0) return address.toString();
  let end = forwardedFor.length;
  while (end >= 0 && isWithin(address, trusted)) {
    const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(",", end - 1);
    const hop = parseAddress(withoutPort(forwardedFor.slice(comma + 1, end).trim()));
    if (hop === null) break;
    address = hop;
    end = comma;
  }
  return address.toString();
}

/** Whether a connection comes from a proxy that the operator named: then its address is nobody's own. */
export function isTrustedProxy(socketAddress: string, trusted: readonly Cidr[]): boolean {
  const address = parseAddress(socketAddress);
  return address !== null && isWithin(address, trusted);
}

/** Under which limits count a client: the address, or the /64 around it for IPv6. */
export function addressKey(address: string): string {
  const parsed = parseAddress(address);
  if (parsed === null) return address;
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const bytes = parsed.toByteArray().map((byte, at) => (at < ipv6PersonBytes ? byte : 0));
  return `${ipaddr.fromByteArray(bytes).toString()}/${ipv6PersonBytes * 8}`;
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || parseAddress(host.replace(/^\[(.*)\]$/, "$1"))?.range() === "loopback";
}

function parseAddress(text: string): Address | null {
  const bare = text.replace(/%.*$/s, "");
  return isIP(bare) === 0 ? null : ipaddr.process(bare);
}

function isWithin(address: Address, ranges: readonly Cidr[]): boolean {
  return ranges.some(
    ({ network, bits }) => address.kind() === network.kind() && address.match(network, bits),
  );
}

/** Some proxies write `192.0.2.1:443` or `[2001:db8::1]:443`. */
function withoutPort(hop: string): string {
  return hop.replace(/^\[(.*)\](?::\d+)?$/s, "$1").replace(/^([\d.]+):\d+$/, "$1");
}
