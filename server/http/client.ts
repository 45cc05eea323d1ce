/** Who asks, as far as that is known. */
import { forwardedAddress, type TrustedProxies } from "./forwarded.ts";

/** What is known of a connection. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/**
 * Who asks: an address; of IPv6 the network, of which one client has all addresses.
 *
 * @param connection Where the request comes from.
 * @param headers Its headers.
 * @param trusted How far proxies are believed that say for whom they ask.
 */
export function clientOf({ remoteAddr }: Connection, headers: Headers, trusted: TrustedProxies): string {
  const forwarded = forwardedAddress(headers, trusted);
  if (forwarded === undefined && !("hostname" in remoteAddr)) return "local";
  const address = plainAddress(forwarded ?? (remoteAddr as Deno.NetAddr).hostname);
  return address.includes(":") ? networkOf(address) : address;
}

/** Whether a request comes from this machine, and from none behind a proxy on it; as in {@linkcode clientOf}. */
export function isLocal({ remoteAddr }: Connection, headers: Headers, trusted: TrustedProxies): boolean {
  const forwarded = forwardedAddress(headers, trusted);
  if (forwarded !== undefined && !isLoopback(plainAddress(forwarded))) return false;
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
