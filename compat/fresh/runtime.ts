/**
 * What islands may import, in the browser too.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "preact";
import { buildId, CACHE_KEY } from "./build_id.ts";
import { collectHead } from "./head.ts";

export { HttpError } from "./http_error.ts";

/** Whether this runs in a browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/** The address of a static file that may be kept for ever, as it changes with the build. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "https://asset.invalid");
  if (!url.searchParams.has(CACHE_KEY)) url.searchParams.set(CACHE_KEY, buildId);
  return url.pathname + url.search + url.hash;
}

/** The same for each address of a `srcset`. */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.split(",").map((part) => {
    const [address, ...sizes] = part.trim().split(/\s+/);
    return [asset(address), ...sizes].join(" ");
  }).join(", ");
}

/** Puts its children into the document's head. On the server alone: in the browser the head stays as it came. */
export function Head({ children }: { children?: ComponentChildren }): null {
  collectHead(children);
  return null;
}

/** A region of a page that has a name. The stand-in has no navigation by regions: it renders its children. */
export function Partial(
  { children }: { name: string; mode?: "replace" | "prepend" | "append"; children?: ComponentChildren },
): VNode {
  return children as VNode;
}
