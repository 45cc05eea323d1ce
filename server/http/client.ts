/** Who asks, as far as that is known. */

/** What is known of a connection. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/** Who asks: an address; of IPv6 the network, of which one client has all addresses. */
export function clientOf({ remoteAddr }: Connection): string {
  if (!("hostname" in remoteAddr)) return "local";
  const address = plainAddress(remoteAddr.hostname);
  return address.includes(":") ? networkOf(address) : address;
}

/** Whether a request comes from this machine. */
export function isLocal({ remoteAddr }: Connection): boolean {
  if (!("hostname" in remoteAddr)) return true;
  return isLoopback(plainAddress(remoteAddr.hostname));
}

/** Whether a name or an address, without brackets, is one that only this machine has of itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** An address of IPv4 that is written as one of IPv6, as IPv4. */
function plainAddress(address: string): string {
  return address.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.)/i, "").toLowerCase();
}

/** The first 64 bits of an address of IPv6. */
function networkOf(address: string): string {
  const [head, tail] = address.replace(/%.*$/, "").split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = tail ? Array(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
  return [...head, ...zeros, ...tail ?? []].slice(0, 4).join(":");
}
