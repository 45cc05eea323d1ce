/** Addresses of Redis. */
import { ArgumentError, described } from "../../lib/errors.ts";

/**
 * The host and the port of an address.
 *
 * @throws {ArgumentError} if it is no address of a Redis.
 */
export function redisHost(address: string): { readonly host: string; readonly port: number } {
  if (!URL.canParse(address)) throw notAnAddress(address);
  const { protocol, hostname, port, pathname } = new URL(address);
  if (!/^rediss?:$/.test(protocol) || hostname === "" || !/^\/?\d{0,3}$/.test(pathname)) {
    throw notAnAddress(address);
  }
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) };
}

function notAnAddress(address: string): ArgumentError {
  return new ArgumentError(
    "queue",
    described(withoutPassword(address)),
    "redis://HOST[:PORT] or rediss://HOST[:PORT]",
  );
}

/** An address in quotation marks, as it may be shown. */
export function withoutPassword(address: string): string {
  return JSON.stringify(address.replace(/\/\/[^@/]*@/, "//"));
}
