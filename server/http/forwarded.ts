/** Who asked a proxy, as it says itself. */
import { isIP } from "node:net";

/** The headers by which proxies say it: the one that all know, and that of RFC 7239. */
export const proxyHeaders = ["x-forwarded-for", "forwarded"] as const;

/** How far what proxies say is believed. */
export interface TrustedProxies {
  /** How many stand before the gallery: each adds whom it was asked by, and what is further left anybody may have written. */
  readonly proxies: number;
  /** The header that they write. */
  readonly proxyHeader: typeof proxyHeaders[number];
}

/**
 * The address that the outermost proxy was asked from.
 *
 * @param headers The headers of a request.
 * @param trusted Which of them is believed, and how much of it.
 * @returns an address, or the name that the proxy has given it (`_hidden`); undefined if nothing is said.
 */
export function forwardedAddress(
  headers: Headers,
  { proxies, proxyHeader }: TrustedProxies,
): string | undefined {
  const text = headers.get(proxyHeader);
  if (proxies === 0 || text === null) return undefined;
  const hops = splitOutsideQuotes(text, ",").map((hop) =>
    proxyHeader === "forwarded" ? forOf(hop) : hop.trim()
  );
  return nodeOf(hops.at(-Math.min(proxies, hops.length))!);
}

/** The `for` of an element of `Forwarded`; empty if it has none. */
function forOf(element: string): string {
  for (const pair of splitOutsideQuotes(element, ";")) {
    const value = /^\s*for\s*=\s*(.*?)\s*$/i.exec(pair)?.[1];
    if (value !== undefined) return value.replace(/^"(.*)"$/, "$1").replace(/\\(.)/g, "$1");
  }
  return "";
}

function splitOutsideQuotes(text: string, separator: "," | ";"): string[] {
  return text.match(
    separator === "," ? /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g : /(?:"(?:[^"\\]|\\.)*"?|[^;"])+/g,
  ) ?? [""];
}

/** The address of a node, without its port. */
function nodeOf(text: string): string | undefined {
  const address = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(address) > 0 || /^_[\w.-]{1,64}$/.test(address) ? address : undefined;
}
